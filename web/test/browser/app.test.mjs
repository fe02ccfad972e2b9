import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { column, found, launch, password, person, serve, signIn, until, violations } from './house.mjs'

let house, browser
before(async () => {
  house = await serve()
  browser = await launch()
})
after(async () => {
  await browser?.close()
  await house?.stop()
})

test('a company is signed up, and its founder signs out and in', async () => {
  const { page, wrong, context } = await person(browser, house.url)
  await page.goto(house.url + '/')
  await page.waitForURL('**/login')
  await page.click('a[href="/register"]')
  await page.fill('[name=company_name]', 'Signup Works')
  await page.fill('[name=username]', 'ada')
  await page.fill('[name=email]', 'no address')
  await page.fill('[name=password]', password)
  await page.click('button.primary')
  await page.waitForSelector('[name=email][aria-invalid=true]')
  await page.fill('[name=email]', 'ada@example.com')
  await page.click('button.primary')
  await page.waitForURL('**/board')
  await page.waitForSelector('.state.live')
  const [cookie] = await context.cookies()
  assert.equal(cookie.httpOnly, true)
  assert.equal(cookie.sameSite, 'Lax')
  assert.equal(await page.evaluate('document.cookie'), '')
  assert.equal(
    await page
      .evaluate('JSON.stringify(localStorage) + JSON.stringify(sessionStorage)')
      .then((s) => /ey[A-Z]/i.test(s)),
    false,
  )
  await page.reload()
  await page.waitForSelector('.state.live')
  await page.click('[aria-label="Sign out"]')
  await page.waitForURL(/\/login/)
  assert.deepEqual(await context.cookies(), [])
  await signIn(page, house.url, { username: 'ada' })
  assert.deepEqual(wrong, [])
  await context.close()
})

test('an invitation is accepted by its link', async () => {
  const boss = await found(house.url, 'Invite Boss')
  const { url, token } = await boss.ask('POST', '/api/auth/invitations/', {})
  assert.ok(url.endsWith('/invitations/' + token))
  const { page, wrong, context } = await person(browser, house.url)
  await page.goto(house.url + '/invitations/' + token)
  await page.fill('[name=username]', 'bert')
  await page.fill('[name=email]', 'bert@example.com')
  await page.fill('[name=password]', password)
  await page.click('button.primary')
  await page.waitForURL('**/board')
  await page.waitForSelector('.company:has-text("Invite Boss Works")')

  // Who has an account joins with it, and is in the company when they sign in again.
  const other = await found(house.url, 'Invite Other')
  const second = await boss.ask('POST', '/api/auth/invitations/', {})
  await page.click('[aria-label="Sign out"]')
  await page.waitForURL(/\/login/)
  await signIn(page, house.url, other)
  await page.goto(house.url + '/invitations/' + second.token)
  await page.click('button.primary')
  await page.waitForURL(/\/login/)
  assert.equal((await boss.ask('GET', '/api/auth/company-users/?search=invite.other')).count, 1)
  // A link that was used says so.
  await page.goto(house.url + '/invitations/' + second.token)
  for (const [name, value] of [
    ['username', 'late'],
    ['email', 'late@example.com'],
    ['password', password],
  ])
    await page.fill(`[name=${name}]`, value)
  await page.click('button.primary')
  await page.waitForSelector('.error')
  assert.deepEqual(wrong, [])
  await context.close()
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

  // The time from a key in one window to the sight of it in the other; the best of several, on a machine that does other things.
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

test('after a cut the page is right again without a reload', async () => {
  const boss = await found(house.url, 'Cut Boss')
  await boss.ask('POST', '/api/tasks/', { title: 'before' })
  const { page, wrong, context } = await person(browser, house.url)
  await signIn(page, house.url, boss)
  await until('one', async () => (await column(page, 'todo')).length === 1)
  // What the page says of its connection, as it changes.
  await page.evaluate(() => {
    window.said = []
    new MutationObserver(() => window.said.push(document.querySelector('.state').textContent.split(' · ')[0])).observe(
      document.querySelector('.state'),
      { attributes: true, characterData: true, subtree: true },
    )
  })
  await context.setOffline(true)
  await page.waitForSelector('.state.offline')
  for (let i = 0; i < 5; i++) await boss.ask('POST', '/api/tasks/', { title: 'meanwhile ' + i })
  const [{ id }] = (await boss.ask('GET', '/api/tasks/?search=before')).results
  await boss.ask('PATCH', `/api/tasks/${id}/`, { status: 'done' })
  // What the person does meanwhile waits, and is sent.
  await page.click('[aria-label="New task: Cancelled"]')
  await page.fill('section[aria-labelledby=column-cancelled] input', 'written offline')
  await page.keyboard.press('Enter')
  assert.deepEqual(await column(page, 'cancelled'), ['written offline'])
  await context.setOffline(false)
  await page.waitForSelector('.state.live', { timeout: 20_000 })
  assert.deepEqual(
    (await page.evaluate('window.said')).filter((s, i, all) => s !== all[i - 1]),
    ['Offline', 'Catching up', 'Live'],
  )
  await until(
    'all of it',
    async () => (await column(page, 'todo')).length === 5 && (await column(page, 'done')).join() === 'before',
    10_000,
  )
  await until('sent', async () => (await boss.ask('GET', '/api/tasks/?search=offline')).count === 1, 10_000)
  assert.deepEqual(wrong, [])
  await context.close()
})

test('axe finds nothing, in light and dark, wide and narrow, in each language', async () => {
  const boss = await found(house.url, 'Access Boss')
  for (const status of ['todo', 'in_progress', 'done', 'cancelled'])
    await boss.ask('POST', '/api/tasks/', { title: 'A task ' + status, status, assigned_to: boss.id })
  for (const options of [
    {},
    { colorScheme: 'dark' },
    { viewport: { width: 390, height: 844 } },
    { locale: 'de-DE' },
    { locale: 'fr-FR', colorScheme: 'dark' },
  ]) {
    const { page, wrong, context } = await person(browser, house.url, options)
    for (const path of ['/login', '/register', '/invitations/none', '/nothing']) {
      await page.goto(house.url + path)
      await page.waitForSelector('h1')
      assert.deepEqual(await violations(page), [], `${path} ${JSON.stringify(options)}`)
    }
    await page.goto(house.url + '/login')
    await page.fill('[name=username]', boss.username)
    await page.fill('[name=password]', password)
    await page.click('button.primary')
    await page.waitForSelector('article')
    await page.waitForTimeout(300)
    assert.deepEqual(await violations(page), [], `/board ${JSON.stringify(options)}`)
    assert.equal(
      await page.evaluate('document.documentElement.scrollWidth <= innerWidth'),
      true,
      'the page is wider than the window',
    )
    assert.deepEqual(wrong, [])
    await context.close()
  }
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

test('on a phone the pages are in a menu that needs no mouse, and nothing is out of sight', async () => {
  const boss = await found(house.url, 'Pocket Boss')
  for (const colorScheme of ['light', 'dark']) {
    const { page, wrong, context } = await person(browser, house.url, {
      viewport: { width: 390, height: 844 },
      colorScheme,
    })
    await page.emulateMedia({ reducedMotion: 'reduce' })
    await signIn(page, house.url, boss)
    const menu = page.locator('[aria-label^=Menu]')
    assert.equal(await menu.getAttribute('aria-expanded'), 'false')
    await menu.focus()
    await page.keyboard.press('Enter')
    await page.waitForSelector('dialog[open] nav')
    assert.deepEqual(await violations(page), [])
    assert.equal(
      await page.$eval(
        'dialog',
        (d) =>
          d.scrollWidth <= d.clientWidth &&
          [...d.querySelectorAll('a, button, select')].every((x) => x.getBoundingClientRect().height >= 40),
      ),
      true,
    )
    await page.keyboard.press('Escape')
    await until('closed, and the focus is where it was', () =>
      page.evaluate('!document.querySelector("dialog") && document.activeElement.ariaLabel?.startsWith("Menu")'),
    )
    await menu.click()
    await page.click('dialog a[href="/company"]')
    await page.waitForSelector('h1:has-text("Company")')
    await until('closed by choosing', async () => (await page.locator('dialog').count()) === 0)
    await page.click('button[aria-haspopup=dialog]:has-text("Members")')
    assert.deepEqual(await violations(page), [])
    await page.click('dialog a[href="/company/audit"]')
    await page.waitForSelector('button[aria-haspopup=dialog]:has-text("Audit")')
    await until('closed by choosing', async () => (await page.locator('dialog').count()) === 0)
    await menu.click()
    await page.waitForSelector('dialog[open] nav')
    await page.mouse.click(380, 400)
    await until('closed by going elsewhere', async () => (await page.locator('dialog').count()) === 0)
    assert.deepEqual(wrong, [])
    await context.close()
  }
})
