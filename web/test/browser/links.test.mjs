// The links in mails: forgotten passwords, confirmed addresses, cancelled changes. Without a mail server the program
// prints its mails.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { found, launch, password, person, serve, signIn, until, violations } from './house.mjs'

let house, browser
before(async () => {
  house = await serve()
  browser = await launch()
})
after(async () => {
  await browser?.close()
  await house?.stop()
})

const fresh = 'another horse 8 battery'

/** The next link to a page, other than the one before. */
const mailed = (page, old) => until('a link to ' + page, () => house.link(page) !== old && house.link(page), 15000)

const focused = (page) => page.evaluate('document.activeElement.getAttribute("role")')

test('a forgotten password is replaced with the keyboard, and the link works once', async () => {
  const boss = await found(house.url, 'Forgetful Boss')
  const { page, wrong, context } = await person(browser, house.url)
  await page.goto(house.url + '/login')
  await page.click('text=Forgot your password?')
  await page.waitForSelector('[name=identifier]')
  assert.deepEqual(await violations(page), [])
  await page.focus('[name=identifier]')
  await page.keyboard.type(boss.username)
  await page.keyboard.press('Enter')
  await page.waitForSelector('p[role=status]')
  assert.equal(await focused(page), 'status')
  assert.deepEqual(await violations(page), [])
  const link = await mailed('reset-password')

  const token = link.split('#')[1]
  const sent = []
  page.on('request', (r) => sent.push(r.url() + ' ' + (r.headers().referer ?? '')))
  await page.goto(link)
  await page.waitForSelector('[name=new_password]')
  assert.equal(await page.evaluate('location.href'), house.url + '/reset-password')
  assert.deepEqual(await violations(page), [])
  await page.fill('[name=new_password]', '12345678')
  await page.keyboard.press('Enter')
  await page.waitForSelector('[name=new_password][aria-invalid=true]') // the link still works
  await page.fill('[name=new_password]', fresh)
  await page.keyboard.press('Enter')
  await page.waitForSelector('text=Your new password is set')
  assert.equal(await focused(page), 'status')
  assert.deepEqual(
    sent.filter((s) => s.includes(token)),
    [],
  )

  await page.goto(link)
  await page.fill('[name=new_password]', 'a third horse 9 battery')
  await page.keyboard.press('Enter')
  await page.waitForSelector('text=This link was used before')
  await page.goto(house.url + '/reset-password')
  await page.waitForSelector('text=This link was used before') // without a token
  await page.goto(house.url + '/login')
  await page.fill('[name=username]', boss.username)
  await page.fill('[name=password]', fresh)
  await page.keyboard.press('Enter')
  await page.waitForSelector('.board')
  assert.deepEqual(wrong, [])
  await context.close()
})

test('an address is confirmed, moved, and brought back', async () => {
  const boss = await found(house.url, 'Moving Boss')
  const first = await until('the first link', () => house.link('confirm-address'), 15000)
  const { page, wrong, context } = await person(browser, house.url)
  await signIn(page, house.url, boss)
  await page.goto(house.url + '/settings')
  await page.waitForSelector('text=is not confirmed yet')
  await page.click('text=Send the link again')
  await page.waitForSelector('text=A mail with a link is on its way')
  const again = await mailed('confirm-address', first)
  await page.goto(again)
  await page.waitForSelector('form button')
  assert.deepEqual(await violations(page), [])
  assert.equal((await boss.ask('GET', '/api/auth/account/')).email_confirmed, false) // opening it confirms nothing
  await page.click('form button')
  await page.waitForSelector('text=Your e-mail address is confirmed.')
  await page.goto(house.url + '/settings')
  await page.waitForSelector('[name=email]')
  assert.equal((await boss.ask('GET', '/api/auth/account/')).email_confirmed, true)
  assert.equal(await page.locator('text=is not confirmed yet').count(), 0)

  await boss.ask('PATCH', '/api/auth/profile/', { email: 'thief@example.com', current_password: password })
  const back = await mailed('cancel-address')
  const german = await person(browser, house.url, { locale: 'de-DE' })
  await german.page.goto(back)
  await german.page.waitForSelector('text=Änderung rückgängig machen')
  assert.deepEqual(await violations(german.page), [])
  await german.page.click('form button')
  await german.page.waitForSelector('[name=new_password]')
  assert.equal(await focused(german.page), 'status')
  assert.deepEqual(await violations(german.page), [])
  await german.page.fill('[name=new_password]', fresh)
  await german.page.keyboard.press('Enter')
  await german.page.waitForSelector('text=Ihr neues Passwort ist festgelegt')
  await german.page.goto(house.url + '/login')
  await german.page.fill('[name=username]', boss.email)
  await german.page.fill('[name=password]', fresh)
  await german.page.keyboard.press('Enter')
  await german.page.waitForSelector('.board')
  assert.deepEqual([...wrong, ...german.wrong], [])
  await context.close()
  await german.context.close()
})
