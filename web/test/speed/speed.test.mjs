// How fast the app is. These tests measure, so they run alone: nothing else runs beside them on the machine.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { column, found, launch, person, serve, signIn, until } from '../browser/house.mjs'

let house, browser
before(async () => {
  house = await serve()
  browser = await launch()
})
after(async () => {
  await browser?.close()
  await house?.stop()
})

test('others see a change within 300 ms, and own changes are there at once', async (t) => {
  const boss = await found(house.url, 'Live Boss')
  const { token } = await boss.ask('POST', '/api/auth/invitations/', {})
  const mate = await found(house.url, 'Live Mate', token)
  for (const title of ['three', 'two', 'one']) await boss.ask('POST', '/api/tasks/', { title })
  const a = await person(browser, house.url)
  const b = await person(browser, house.url)
  await signIn(a.page, house.url, boss)
  await signIn(b.page, house.url, mate)
  await until(
    'both see three',
    async () => (await column(a.page, 'todo')).length === 3 && (await column(b.page, 'todo')).length === 3,
  )

  // The time from a key in one window to the change in the other. The machine does other things, so the best one counts.
  const times = []
  for (let i = 0; i < 5; i++) {
    await b.page.evaluate(
      (n) => {
        window.seen = new Promise((resolve) => {
          const look = () =>
            document.querySelector('section[aria-labelledby=column-in_progress] h2 .soft').textContent === n
              ? resolve(performance.timeOrigin + performance.now())
              : requestAnimationFrame(look)
          look()
        })
      },
      String(i + 1),
    )
    await a.page.click('[aria-label="New task: In progress"]')
    await a.page.fill('section[aria-labelledby=column-in_progress] input', 'quick ' + i)
    const sent = await a.page.evaluate(() => performance.timeOrigin + performance.now())
    await a.page.keyboard.press('Enter')
    times.push((await b.page.evaluate('window.seen')) - sent)
    await a.page.keyboard.press('Escape')
  }
  t.diagnostic(`seen by the other after ${times.map(Math.round)} ms`)
  assert.ok(Math.min(...times) < 300, `seen after ${times.map(Math.round)} ms`)
  assert.deepEqual(await column(a.page, 'in_progress'), ['quick 4', 'quick 3', 'quick 2', 'quick 1', 'quick 0'])
  assert.deepEqual(await column(b.page, 'in_progress'), ['quick 4', 'quick 3', 'quick 2', 'quick 1', 'quick 0'])

  // By key: down in the column, and into the next one; the focus goes along.
  await a.page.focus('article[aria-label=one]')
  await a.page.keyboard.press('Shift+ArrowDown')
  await until('moved down', async () => (await column(b.page, 'todo')).join() === 'two,one,three')
  await a.page.keyboard.press('Shift+ArrowRight')
  await until('moved right', async () => (await column(b.page, 'in_progress'))[1] === 'one')
  assert.equal(await a.page.evaluate('document.activeElement.getAttribute("aria-label")'), 'one')

  // And back, by the toast.
  await a.page.locator('.toast', { hasText: 'In progress' }).getByText('Undo').click()
  await until('undone', async () => (await column(b.page, 'todo')).includes('one'))

  // By mouse, into another column.
  const from = await a.page.locator('article[aria-label=three]').boundingBox()
  const to = await a.page.locator('section[aria-labelledby=column-done] .scroll').boundingBox()
  await a.page.mouse.move(from.x + 40, from.y + 20)
  await a.page.mouse.down()
  await a.page.mouse.move(from.x + 60, from.y + 30, { steps: 4 })
  await a.page.mouse.move(to.x + 60, to.y + 60, { steps: 12 })
  await a.page.mouse.up()
  await until('dragged', async () => (await column(b.page, 'done')).join() === 'three')
  assert.deepEqual([a.wrong, b.wrong], [[], []])
  await a.context.close()
  await b.context.close()
})

test('a board of 1,000 tasks is there within 1.5 s, and 5,000 scroll without a long frame', async (t) => {
  const boss = await found(house.url, 'Large Boss')
  const make = async (n) => {
    for (let i = 0; i < n; i += 25)
      await Promise.all(
        Array.from({ length: 25 }, (_, k) =>
          boss.ask('POST', '/api/tasks/', {
            title: `Task ${i + k} of many`,
            status: ['todo', 'in_progress', 'done', 'cancelled'][k % 4],
          }),
        ),
      )
  }
  await make(1000)
  const { page, wrong, context } = await person(browser, house.url)
  await signIn(page, house.url, boss)
  const times = []
  for (let i = 0; i < 3; i++) {
    await page.reload({ waitUntil: 'commit' })
    await page.waitForFunction(
      () =>
        [...document.querySelectorAll('.board h2 .soft')].reduce((n, s) => n + Number(s.textContent), 0) === 1000 &&
        document.querySelector('.state.live'),
    )
    times.push(await page.evaluate(() => performance.now()))
  }
  t.diagnostic(`1,000 tasks interactive after ${times.map(Math.round)} ms`)
  assert.ok(Math.min(...times) < 1500, `interactive after ${times.map(Math.round)} ms`)
  await make(4000)
  await until(
    'all of them',
    async () =>
      (await page.$$eval('.board h2 .soft', (all) => all.reduce((n, s) => n + Number(s.textContent), 0))) === 5000,
    30_000,
  )
  assert.ok((await page.$$('article')).length < 150, 'only what is seen is drawn')
  const frame = () =>
    page.evaluate(
      () =>
        new Promise((resolve) => {
          const node = document.querySelector('section[aria-labelledby=column-todo] .scroll')
          let worst = 0,
            last = performance.now(),
            n = 0
          const step = (now) => {
            worst = Math.max(worst, now - last)
            last = now
            node.scrollTop += 400
            if (++n < 120) requestAnimationFrame(step)
            else resolve(worst)
          }
          requestAnimationFrame(step)
        }),
    )
  const frames = []
  for (let i = 0; i < 3; i++) frames.push(await frame())
  t.diagnostic(`5,000 cards: longest frames ${frames.map(Math.round)} ms`)
  assert.ok(Math.min(...frames) < 100, `the longest frames took ${frames.map(Math.round)} ms`)
  assert.deepEqual(wrong, [])
  await context.close()
})

test('5,000 rows scroll and are searched without a long frame', async (t) => {
  const boss = await found(house.url, 'Long Boss')
  const { token } = await boss.ask('POST', '/api/auth/invitations/', {})
  const mate = await found(house.url, 'Long Mate', token)
  for (let i = 0; i < 5000; i += 25)
    await Promise.all(
      Array.from({ length: 25 }, (_, k) =>
        boss.ask('POST', '/api/tasks/', {
          title: `Task ${i + k} of many`,
          description: 'about it',
          status: ['todo', 'done'][k % 2],
        }),
      ),
    )
  // Followers work on the new tasks in the order of the log, on the same cores. Once the last task is notified they are idle.
  await boss.ask('POST', '/api/tasks/', { title: 'the last', assigned_to: mate.id })
  await until('the last is told', async () => (await mate.ask('GET', '/api/notifications/')).count === 1, 120_000)
  await until('the figures have them', async () => (await boss.ask('GET', '/api/analytics/')).behind === 0, 120_000)
  const { page, wrong, context } = await person(browser, house.url)
  await signIn(page, house.url, boss)
  await page.click('nav a[href="/list"]')
  await until('all of them', async () => (await page.getAttribute('table', 'aria-rowcount')) === '5002', 30_000)
  assert.ok((await page.$$('tbody tr')).length < 80, 'only what is seen is drawn')
  const longest = (what) =>
    page.evaluate(
      (what) =>
        new Promise((resolve) => {
          const node = document.querySelector('.scroll')
          const input = document.querySelector('input[type=search]')
          let worst = 0,
            last = performance.now(),
            n = 0
          const step = (now) => {
            worst = Math.max(worst, now - last)
            last = now
            if (what === 'scroll') node.scrollTop += 400
            else {
              input.value = n % 20 < 10 ? 'about many'.slice(0, n % 10) : ''
              input.dispatchEvent(new Event('input'))
            }
            if (++n < 60) requestAnimationFrame(step)
            else resolve(worst)
          }
          requestAnimationFrame(step)
        }),
      what,
    )
  for (const what of ['scroll', 'type']) {
    const times = []
    // The best of four, on a machine that does other things too.
    while (times.length < 4 && !times.some((t) => t < 100)) times.push(await longest(what))
    t.diagnostic(`5,000 rows, ${what}: longest frames ${times.map(Math.round)} ms`)
    assert.ok(Math.min(...times) < 100, `${what}: the longest frames took ${times.map(Math.round)} ms`)
  }
  assert.deepEqual(wrong, [])
  await context.close()
})
