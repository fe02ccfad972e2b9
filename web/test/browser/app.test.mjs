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
  const cookies = await context.cookies()
  assert.equal(cookies.length, 2) // the session, and the mark of a known device
  for (const cookie of cookies) {
    assert.equal(cookie.httpOnly, true)
    assert.equal(cookie.sameSite, 'Lax')
  }
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
  // The mark of a known device stays. It is no session.
  assert.deepEqual(
    (await context.cookies()).map((c) => c.name),
    ['taskhouse-device'],
  )
  await signIn(page, house.url, { username: 'ada' })
  assert.deepEqual(wrong, [])
  await context.close()
})

test('an invitation is accepted by its link', async () => {
  const boss = await found(house.url, 'Invite Boss')
  const { url, token } = await boss.ask('POST', '/api/auth/invitations/', {})
  assert.ok(url.endsWith('/invitations/#' + token))
  const { page, wrong, context } = await person(browser, house.url)
  await page.goto(house.url + '/invitations/#' + token)
  await page.waitForSelector('[name=username]')
  assert.equal(page.url(), house.url + '/invitations/')
  await page.fill('[name=username]', 'bert')
  await page.fill('[name=email]', 'bert@example.com')
  await page.fill('[name=password]', password)
  await page.click('button.primary')
  await page.waitForURL('**/board')
  await page.waitForSelector('.company:has-text("Invite Boss Works")')

  // A person with an account joins with it, and is in the company after the next sign-in.
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

test('after a cut the page is right again without a reload', async () => {
  const boss = await found(house.url, 'Cut Boss')
  await boss.ask('POST', '/api/tasks/', { title: 'before' })
  const { page, wrong, context } = await person(browser, house.url)
  await signIn(page, house.url, boss)
  await until('one', async () => (await column(page, 'todo')).length === 1)
  // Record the state of the connection that the page shows.
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
  // Changes made in between wait in the outbox and are sent.
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
