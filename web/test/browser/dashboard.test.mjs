import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { found, launch, person, serve, shifts, signIn, until, violations } from './house.mjs'

let house, browser
before(async () => {
  house = await serve()
  browser = await launch()
})
after(async () => {
  await browser?.close()
  await house?.stop()
})

const tile = (page, name) => page.textContent(`[data-tile=${name}] dd`)

/** The numbers in a chart's table, opened for it and shut again: row by row. */
async function table(page, name) {
  const button = page.locator(`[data-chart=${name}] header button`)
  await button.click()
  const rows = await page.$$eval(`[data-chart=${name}] tbody tr`, (all) =>
    all.map((r) => [...r.children].map((c) => c.textContent)),
  )
  await button.click()
  return rows
}

/** A company with some of everything. */
async function busy(name) {
  const boss = await found(house.url, name)
  const { token } = await boss.ask('POST', '/api/auth/invitations/', {})
  const mate = await found(house.url, name + ' Mate', token)
  const ids = []
  for (let i = 0; i < 12; i++)
    ids.push(
      (
        await boss.ask('POST', '/api/tasks/', {
          title: `Task ${i}`,
          assigned_to: [boss.id, mate.id, null][i % 3],
          status: ['todo', 'in_progress', 'todo', 'cancelled'][i % 4],
        })
      ).id,
    )
  for (const id of ids.slice(0, 4)) await boss.ask('PATCH', `/api/tasks/${id}/`, { status: 'done' })
  return { boss, mate, ids }
}

/** figures reads from the API what the page at an address shows. */
const figures = (boss, days) => boss.ask('GET', `/api/analytics/?days=${days}&tz=Europe/Berlin`)

test('the numbers of the page are those of the API, for each span of days', async () => {
  const { boss, mate } = await busy('Number Boss')
  const { page, wrong, context } = await person(browser, house.url, { timezoneId: 'Europe/Berlin' })
  await signIn(page, house.url, boss)
  await page.click('nav a[href="/dashboard"]')
  await page.waitForSelector('[data-chart]')
  for (const days of [30, 7, 90]) {
    await page.click(`.tabs >> text="${days} days"`)
    assert.equal(new URL(page.url()).search, days === 30 ? '' : `?days=${days}`)
    const r = await figures(boss, days)
    await until(`${days} days`, async () => (await page.locator('[data-chart=trend] tbody tr').count()) === days)
    const h = r.history
    const sum = (list, field) => list.reduce((n, d) => n + d[field], 0)
    assert.equal(await tile(page, 'open'), String(r.assignment.open))
    assert.match(await page.textContent('[data-tile=open]'), new RegExp(`${r.assignment.unassigned} unassigned`))
    assert.equal(await tile(page, 'completed'), String(sum(h.created_and_completed, 'completed')))
    assert.equal(await page.textContent('[data-tile=oldest] a'), r.assignment.oldest_open.title)
    assert.deepEqual(
      (await table(page, 'status')).map((row) => [row[1], row[2]]),
      r.status_distribution.map((s) => [String(s.count), s.percent + '%']),
    )
    assert.deepEqual(
      await page.$$eval('[data-chart=status] .shares b', (all) => all.map((n) => n.textContent)),
      r.status_distribution.map((s) => String(s.count)),
    )
    const names = { [boss.id]: 'Number Boss', [mate.id]: 'Number Boss Mate' }
    assert.deepEqual(
      (await table(page, 'workload')).map((row) => row.slice(0, 2)),
      [
        ...r.assignment.load.map((l) => [names[l.user_id], String(l.open)]),
        ['Unassigned', String(r.assignment.unassigned)],
      ],
    )
    assert.deepEqual(
      (await table(page, 'trend')).map((row) => row.slice(1)),
      h.created_and_completed.map((d) => [String(d.created), String(d.completed)]).reverse(),
    )
    assert.deepEqual(
      (await table(page, 'flow')).map((row) => row.slice(1)),
      h.cumulative_flow.map((d) => [d.todo, d.in_progress, d.done, d.cancelled].map(String)).reverse(),
    )
    const times = await table(page, 'times')
    assert.deepEqual(
      times.map((row) => row[3]),
      [String(h.lead_time.count), String(h.cycle_time.count)],
    )
    assert.equal(times[0][1], `${h.lead_time.median_seconds} second${h.lead_time.median_seconds === 1 ? '' : 's'}`)
    assert.equal(times[0][1], await tile(page, 'lead'))
  }
  // The address keeps the days; another one is the usual.
  await page.reload()
  await until('90 days', async () => (await page.locator('[data-chart=trend] tbody tr').count()) === 90)
  await page.goto(house.url + '/dashboard?days=-3')
  await until('30 days', async () => (await page.locator('[data-chart=trend] tbody tr').count()) === 30)
  assert.deepEqual(wrong, [])
  await context.close()
})

test('it follows what happens, with few questions', async () => {
  const { boss, ids } = await busy('Follow Boss')
  const { page, wrong, context } = await person(browser, house.url)
  await signIn(page, house.url, boss)
  await page.goto(house.url + '/dashboard')
  await until(
    'eight are open',
    async () => (await page.locator('[data-tile=open] dd').count()) > 0 && Number(await tile(page, 'open')) > 0,
  )
  const before = Number(await tile(page, 'open'))
  let asked = 0
  page.on('request', (r) => r.url().includes('/api/analytics/') && asked++)
  for (let i = 0; i < 20; i++) await boss.ask('POST', '/api/tasks/', { title: `More ${i}`, assigned_to: boss.id })
  await boss.ask('PATCH', `/api/tasks/${ids[4]}/`, { status: 'done' })
  const want = (await figures(boss, 30)).assignment.open
  assert.equal(want, before + 19)
  await until('all of it is counted', async () => Number(await tile(page, 'open')) === want, 10_000)
  assert.ok(asked < 12, `${asked} questions for 21 changes`)
  assert.deepEqual(wrong, [])
  await context.close()
})

test('tables are there for the keyboard and for screen readers, and a company without tasks is told so', async () => {
  const { boss } = await busy('Table Boss')
  const { page, wrong, context } = await person(browser, house.url)
  await signIn(page, house.url, boss)
  await page.goto(house.url + '/dashboard')
  await page.waitForSelector('[data-chart=trend]')
  await page.focus('[data-chart=trend] header button')
  assert.equal(await page.getAttribute('[data-chart=trend] header button', 'aria-expanded'), 'false')
  await page.keyboard.press('Enter')
  await page.waitForSelector('[data-chart=trend] table')
  assert.equal(await page.getAttribute('[data-chart=trend] header button', 'aria-expanded'), 'true')
  await page.keyboard.press('Tab')
  assert.equal(await page.evaluate('document.activeElement.id'), 'table-trend')
  assert.equal(await page.locator('[data-chart=trend] .drawing').count(), 0)
  assert.match(await page.textContent('[data-chart=trend] > p'), /^12 created, 4 completed in 30 days$/)
  // Each drawing is hidden from who reads the page, since the table says it.
  assert.equal(await page.locator('.drawing:not([aria-hidden=true])').count(), 0)
  assert.deepEqual(wrong, [])
  await context.close()

  const empty = await found(house.url, 'Empty Boss')
  const e = await person(browser, house.url)
  await signIn(e.page, house.url, empty)
  await e.page.goto(house.url + '/dashboard')
  await e.page.waitForSelector('.blank >> text=No data yet')
  assert.deepEqual(await violations(e.page), [])
  await empty.ask('POST', '/api/tasks/', { title: 'the first' })
  await e.page.waitForSelector('[data-tile=open]', { timeout: 10_000 })
  assert.equal(await tile(e.page, 'open'), '1')
  assert.deepEqual(e.wrong, [])
  await e.context.close()
})

test('axe finds nothing on the dashboard and nothing jumps, with charts and tables; texts of people stay texts', async () => {
  const { boss } = await busy('Paint Boss')
  await boss.ask('PATCH', '/api/auth/profile/', {
    first_name: '<img src=x onerror=alert(1)>',
    last_name: '"><svg onload=alert(1)>',
  })
  const { results } = await boss.ask('GET', '/api/tasks/?ordering=created_at')
  for (const t of results.slice(4))
    await boss.ask('PATCH', `/api/tasks/${t.id}/`, { title: '<script>alert(1)</script><img src=x onerror=alert(1)>' })
  for (const options of [
    {},
    { colorScheme: 'dark' },
    { viewport: { width: 390, height: 844 } },
    { viewport: { width: 390, height: 844 }, colorScheme: 'dark', locale: 'de-DE' },
  ]) {
    const { page, wrong, context } = await person(browser, house.url, options)
    await page.addInitScript(() =>
      addEventListener('securitypolicyviolation', (e) =>
        console.log('Content Security Policy', e.violatedDirective, e.blockedURI),
      ),
    )
    await signIn(page, house.url, boss)
    await page.goto(house.url + '/dashboard')
    await page.waitForSelector('[data-chart=times]')
    await until('names', async () =>
      (await page.textContent('[data-chart=workload]')).includes(
        '<img src=x onerror=alert(1)> "><svg onload=alert(1)>',
      ),
    )
    assert.match(await page.textContent('[data-tile=oldest] a'), /^<script>alert\(1\)<\/script><img/)
    assert.deepEqual(await violations(page), [], JSON.stringify(options))
    assert.ok((await shifts(page)) < 0.02, `it jumps by ${await shifts(page)}`)
    for (const button of await page.$$('[data-chart] header button')) await button.click()
    assert.deepEqual(await violations(page), [], `tables ${JSON.stringify(options)}`)
    assert.equal(
      await page.evaluate('document.documentElement.scrollWidth <= innerWidth'),
      true,
      'the page is wider than the window',
    )
    assert.equal(
      await page
        .locator('[style]')
        .evaluateAll((all) => all.filter((n) => /url\(|javascript/.test(n.getAttribute('style'))).length),
      0,
    )
    assert.deepEqual(wrong, [])
    await context.close()
  }
})
