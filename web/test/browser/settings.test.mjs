import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { found, launch, password, person, serve, shifts, signIn, until, violations } from './house.mjs'

let house, browser
before(async () => {
  house = await serve()
  browser = await launch()
})
after(async () => {
  await browser?.close()
  await house?.stop()
})

const submit = (page, section) => page.click(`section[aria-labelledby=settings-${section}] button.primary`)

test('names, address and number are changed, and what is wrong with one is said at it', async () => {
  const boss = await found(house.url, 'Profile Boss')
  const { page, wrong, context } = await person(browser, house.url)
  await signIn(page, house.url, boss)
  await page.click('nav a[href="/settings"]')
  assert.equal(await page.inputValue('[name=first_name]'), 'Profile Boss')
  await page.fill('[name=first_name]', 'Ada')
  await page.fill('[name=last_name]', 'Lovelace')
  await page.fill('[name=phone]', '+44 20 7946 0100')
  await page.fill('[name=email]', 'no address')
  await submit(page, 'profile')
  await page.waitForSelector('[name=email][aria-invalid=true]')
  assert.equal(await page.evaluate('document.activeElement.name'), 'email')
  await page.fill('[name=email]', 'ada@example.com')
  await submit(page, 'profile')
  const asked = 'section[aria-labelledby=settings-profile] [name=current_password]'
  await page.waitForSelector(asked + '[aria-invalid=true]') // an address is a name to sign in with
  await page.fill(asked, password)
  await submit(page, 'profile')
  await page.waitForSelector('.toast >> text=Saved')
  const now = await boss.ask('GET', '/api/auth/profile/')
  assert.deepEqual(
    [now.first_name, now.last_name, now.email, now.phone],
    ['Ada', 'Lovelace', 'ada@example.com', '+44 20 7946 0100'],
  )
  assert.equal(await page.inputValue('[name=last_name]'), 'Lovelace')
  assert.equal(await page.inputValue('[name=email]'), 'ada@example.com')
  assert.equal(await page.locator(asked).count(), 0)
  assert.deepEqual(wrong, [])
  await context.close()
})

test('another password ends all other sessions, and says so', async () => {
  const boss = await found(house.url, 'Password Boss')
  const a = await person(browser, house.url)
  const b = await person(browser, house.url)
  await signIn(a.page, house.url, boss)
  await signIn(b.page, house.url, boss)
  await a.page.goto(house.url + '/settings?section=password')
  await until('the section is before one', () => a.page.evaluate('document.activeElement.id === "settings-password"'))
  await a.page.fill('[name=current_password]', 'not it at all 7')
  await a.page.fill('[name=new_password]', 'another horse 8 battery')
  await submit(a.page, 'password')
  await a.page.waitForSelector('[name=current_password][aria-invalid=true]')
  await a.page.fill('[name=current_password]', password)
  await submit(a.page, 'password')
  await a.page.waitForSelector('.toast >> text=Your other sessions were signed out')
  assert.equal(await a.page.inputValue('[name=new_password]'), '')
  await b.page.waitForURL(/\/login/)
  await a.page.reload()
  await a.page.waitForSelector('#settings-password')
  assert.equal(
    (
      await fetch(house.url + '/api/auth/login/', {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify({ username: boss.username, password: 'another horse 8 battery' }),
      })
    ).status,
    200,
  )
  assert.deepEqual([a.wrong, b.wrong], [[], []])
  await a.context.close()
  await b.context.close()
})

test('a token for a program is shown once, works, and is revoked', async () => {
  const boss = await found(house.url, 'Token Boss')
  const { page, wrong, context } = await person(browser, house.url)
  await signIn(page, house.url, boss)
  await page.goto(house.url + '/settings?section=tokens')
  const section = page.locator('section[aria-labelledby=settings-tokens]')
  await section.getByRole('button', { name: 'New token' }).click()
  const dialog = page.locator('dialog[open]')
  await dialog.locator('[name=name]').fill('Nightly report')
  await dialog.getByLabel('Create, change and delete tasks').check()
  await dialog.getByRole('button', { name: 'Create token' }).click()
  const token = await dialog.getByRole('textbox', { name: 'Access token' }).inputValue()
  assert.match(token, /^thp_[0-9A-Za-z]{36}$/)
  const list = () =>
    fetch(house.url + '/api/tasks/', { headers: { Authorization: 'Bearer ' + token } }).then((r) => r.status)
  assert.equal(await list(), 200)
  await dialog.getByRole('button', { name: 'Done' }).click()
  await section.getByText('Read tasks, Create, change and delete tasks').waitFor()
  assert.ok(!(await page.content()).includes(token))
  await section.getByRole('button', { name: 'Revoke token: Nightly report' }).click()
  await dialog.getByRole('button', { name: 'Revoke' }).click()
  await section.getByText('No access tokens.').waitFor()
  assert.equal(await list(), 401)
  assert.deepEqual(wrong, [])
  await context.close()
})

test('one sees where one is signed in, ends one session, and all others', async () => {
  const boss = await found(house.url, 'Session Boss') // a session of a program
  const agents = [
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:143.0) Gecko/20100101 Firefox/143.0',
    'Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1',
  ]
  const others = await Promise.all(agents.map((userAgent) => person(browser, house.url, { userAgent })))
  for (const o of others) await signIn(o.page, house.url, boss)
  const { page, wrong, context } = await person(browser, house.url)
  await signIn(page, house.url, boss)
  await page.goto(house.url + '/settings?section=sessions')
  const list = page.locator('section[aria-labelledby=settings-sessions] li')
  await until('four', async () => (await list.count()) === 4)
  assert.match(await list.nth(0).textContent(), /Chrome · Linux.*This session/)
  assert.equal(await list.nth(0).locator('button').count(), 0, 'this one is ended by signing out')
  await page.click('[aria-label="Sign out: Firefox · Windows"]')
  await until('three', async () => (await list.count()) === 3)
  assert.equal(await page.evaluate('document.activeElement.localName'), 'ul')
  await others[0].page.waitForURL(/\/login/)
  await page.click('text=Sign out all others')
  await until('one', async () => (await list.count()) === 1)
  await others[1].page.waitForURL(/\/login/)
  await assert.rejects(boss.ask('GET', '/api/auth/profile/'), /401/)
  assert.equal(await page.locator('text=Sign out all others').count(), 0)
  await page.reload()
  await until('still this one', async () => (await list.count()) === 1)
  assert.deepEqual([wrong, ...others.map((o) => o.wrong)], [[], [], []])
  for (const c of [context, ...others.map((o) => o.context)]) await c.close()
})

test('what one is told of is chosen by kind and channel, with the mail of the day', async () => {
  const boss = await found(house.url, 'Choice Boss')
  const { page, wrong, context } = await person(browser, house.url, { timezoneId: 'Europe/Berlin' })
  await signIn(page, house.url, boss)
  await page.goto(house.url + '/settings?section=notifications')
  await page.waitForSelector('[name=assigned_email]:enabled')
  const wishes = () => boss.ask('GET', '/api/notifications/preferences/')
  for (const kind of ['assigned', 'unassigned', 'mentioned', 'status', 'invitation']) {
    for (const by of ['inbox', 'email']) {
      assert.equal(await page.isChecked(`[name=${kind}_${by}]`), true)
      await page.focus(`[name=${kind}_${by}]`)
      await page.keyboard.press('Space')
      await until(`${kind} by ${by} is off`, async () => (await wishes())[`${kind}_${by}`] === false)
    }
  }
  await page.check('[name=digest]')
  await page.selectOption('[name=digest_hour]', '17')
  await page.click('text=Use Europe/Berlin (this device)')
  await until('the mail of the day', async () => {
    const w = await wishes()
    return w.digest && w.digest_hour === 17 && w.time_zone === 'Europe/Berlin'
  })
  await page.selectOption('[name=time_zone]', 'Asia/Tokyo')
  await until('another zone', async () => (await wishes()).time_zone === 'Asia/Tokyo')
  await page.reload()
  await page.waitForSelector('[name=digest]:enabled')
  assert.equal(await page.isChecked('[name=digest]'), true)
  assert.equal(await page.isChecked('[name=mentioned_email]'), false)
  assert.equal(await page.inputValue('[name=digest_hour]'), '17')
  assert.equal(await page.inputValue('[name=time_zone]'), 'Asia/Tokyo')

  // A setting that cannot be stored is rolled back, with the reason.
  await context.setOffline(true)
  await page.click('[name=mentioned_email]')
  await page.waitForSelector('.toast.bad')
  assert.equal(await page.isChecked('[name=mentioned_email]'), false)
  await context.setOffline(false)
  assert.deepEqual(wrong, [])
  await context.close()
})

test('colours, language and single keys are chosen and kept', async () => {
  const boss = await found(house.url, 'Look Boss')
  const { page, wrong, context } = await person(browser, house.url)
  await signIn(page, house.url, boss)
  await page.goto(house.url + '/settings')
  const theme = () => page.getAttribute('html', 'data-theme')
  await page.check('[name=theme][value=dark]')
  assert.equal(await theme(), 'dark')
  await page.reload()
  await page.waitForSelector('[name=theme][value=dark]:checked')
  assert.equal(await theme(), 'dark')
  await page.check('[name=theme][value=""]')
  assert.equal(await theme(), 'light')
  await page.emulateMedia({ colorScheme: 'dark' })
  await until('as the device', async () => (await theme()) === 'dark')
  await page.uncheck('[name=shortcuts]')
  await page.selectOption('[name=language]', 'fr')
  await page.waitForSelector('h1 >> text=Paramètres')
  await page.reload()
  await page.waitForSelector('h1 >> text=Paramètres')
  assert.equal(await page.isChecked('[name=shortcuts]'), false)
  assert.deepEqual(wrong, [])
  await context.close()
})

test('signing out everywhere ends every session of the account, this one too', async () => {
  const boss = await found(house.url, 'Everywhere Boss')
  const a = await person(browser, house.url)
  const b = await person(browser, house.url)
  await signIn(a.page, house.url, boss)
  await signIn(b.page, house.url, boss)
  await a.page.goto(house.url + '/settings?section=sessions')
  await a.page.click('section[aria-labelledby=settings-sessions] button:text-is("Sign out everywhere")')
  await a.page.waitForSelector('[name=username]')
  await assert.rejects(boss.ask('GET', '/api/auth/profile/'), /401/)
  await b.page.goto(house.url + '/board')
  await b.page.waitForSelector('[name=username]')
  await a.context.close()
  await b.context.close()
})

test('axe finds nothing in the settings and nothing jumps, in light and dark, wide and narrow', async () => {
  const boss = await found(house.url, 'Axe Boss')
  for (const options of [
    {},
    { colorScheme: 'dark' },
    { viewport: { width: 390, height: 844 } },
    { viewport: { width: 390, height: 844 }, colorScheme: 'dark', locale: 'de-DE' },
  ]) {
    const { page, wrong, context } = await person(browser, house.url, options)
    await signIn(page, house.url, boss)
    await page.goto(house.url + '/settings')
    await page.waitForSelector('[name=digest]:enabled')
    assert.deepEqual(await violations(page), [], JSON.stringify(options))
    assert.ok((await shifts(page)) < 0.02, `it jumps by ${await shifts(page)}`)
    assert.equal(
      await page.evaluate('document.documentElement.scrollWidth <= innerWidth'),
      true,
      'the page is wider than the window',
    )
    assert.deepEqual(wrong, [])
    await context.close()
  }
})
