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

/** pair makes a founder and a colleague, who is notified within a second of each task made for them. */
async function pair(name) {
  const boss = await found(house.url, name + ' Boss')
  const { token } = await boss.ask('POST', '/api/auth/invitations/', {})
  const mate = await found(house.url, name + ' Mate', token)
  const give = async (...titles) => {
    for (const title of titles) await boss.ask('POST', '/api/tasks/', { title, assigned_to: mate.id })
  }
  const told = (n) =>
    until(`${n} are told`, async () => (await mate.ask('GET', '/api/notifications/')).count === n, 15_000)
  return { boss, mate, give, told }
}

const titles = (page) => page.$$eval('.notification .title', (all) => all.map((n) => n.textContent))
const badge = (page) => page.$$eval('nav a[href="/inbox"] .count', (all) => all.map((n) => n.textContent).join())

test('the unread count is live in the navigation and the title, in every tab, and right after a cut', async () => {
  const { mate, give, told } = await pair('Count')
  const a = await person(browser, house.url)
  await signIn(a.page, house.url, mate)
  const other = await a.context.newPage()
  await other.goto(house.url + '/inbox')
  await other.waitForSelector('.blank')
  assert.equal(await a.page.title(), 'Board · Taskhouse')
  assert.equal(await badge(a.page), '')
  await give('first', 'second')
  await told(2)
  await until('two in the title', async () => (await a.page.title()) === '(2) Board · Taskhouse')
  assert.equal(await badge(a.page), '2')
  await until('both in the other tab', async () => (await titles(other)).join() === 'second,first')

  await other.click('[aria-label="Mark as read: first"]')
  await until('one is left in the title', async () => (await a.page.title()) === '(1) Board · Taskhouse')
  assert.equal(await badge(other), '1')

  await a.context.setOffline(true)
  await a.page.waitForSelector('.state.offline')
  await give('third', 'fourth')
  await told(4)
  await a.context.setOffline(false)
  await a.page.waitForSelector('.state.live', { timeout: 20_000 })
  await until('three after the cut', async () => (await badge(a.page)) === '3' && (await badge(other)) === '3', 20_000)
  await until('and in the list', async () => (await titles(other)).join() === 'fourth,third,second,first')
  assert.deepEqual(a.wrong, [])
  await a.context.close()
})

test('it is filtered by address, marked and unmarked, all at once too, and opens the task', async () => {
  const { boss, mate, give, told } = await pair('Filter')
  await give('given')
  const named = await boss.ask('POST', '/api/tasks/', { title: 'named', description: `ask @${mate.username} about it` })
  const own = await mate.ask('POST', '/api/tasks/', { title: 'made by the mate' })
  await told(2)
  await boss.ask('PATCH', `/api/tasks/${own.id}/`, { status: 'done' })
  await told(3)
  const { page, wrong, context } = await person(browser, house.url)
  await signIn(page, house.url, mate)
  await page.click('nav a[href="/inbox"]')
  await until('all three', async () => (await titles(page)).join() === 'made by the mate,named,given')
  assert.deepEqual(await page.$$eval('.why', (all) => all.map((n) => n.textContent.trim())), [
    'Filter Boss moved your task from “To do” to “Done”',
    'Filter Boss mentioned you',
    'Filter Boss assigned you this task',
  ])

  await page.selectOption('header select', 'mentioned')
  await until('one of a kind', async () => (await titles(page)).join() === 'named')
  assert.equal(new URL(page.url()).search, '?kind=mentioned')
  await page.click('.notification a')
  await until('it is read', async () => (await mate.ask('GET', '/api/notifications/unread/')).unread === 2)
  assert.equal(new URL(page.url()).searchParams.get('task'), String(named.id))
  await page.waitForSelector('aside textarea.title')
  assert.equal(await page.inputValue('aside textarea.title'), 'named')
  await page.waitForSelector(`aside .text >> text=ask @${mate.username} about it`)

  // An address that was shared is the same list.
  await page.goto(house.url + '/inbox?unread=true')
  await until('what is unread', async () => (await titles(page)).join() === 'made by the mate,given')
  // By key, as the map of keys says: down, mark it; it goes, and the focus is on the next.
  await page.keyboard.press('?')
  await page.waitForSelector('dialog dl')
  assert.deepEqual(
    await page.$$eval('dialog dl:last-of-type div', (all) => all.map((d) => d.textContent.replace(/\s+/g, ' ').trim())),
    ['Next notification j', 'Previous notification k', 'Open Enter', 'Mark as read or unread r'],
  )
  await page.keyboard.press('Escape')
  await page.keyboard.press('j')
  await page.keyboard.press('j')
  await page.keyboard.press('k')
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('r')
  await until('one is left', async () => (await titles(page)).join() === 'made by the mate')
  assert.equal(await page.evaluate('document.activeElement.querySelector(".title").textContent'), 'made by the mate')
  await until('the server knows', async () => (await mate.ask('GET', '/api/notifications/unread/')).unread === 1)

  await page.click('text=Mark all as read')
  await page.waitForSelector('text=All caught up')
  assert.equal((await mate.ask('GET', '/api/notifications/unread/')).unread, 0)
  assert.equal(await badge(page), '')
  await page.click('text=Show all')
  await until('all three again', async () => (await titles(page)).length === 3)
  await page.hover('.notification')
  await page.click('[aria-label="Mark as unread: given"]')
  await until('one is unread', async () => (await badge(page)) === '1')
  await until('the server knows', async () => (await mate.ask('GET', '/api/notifications/unread/')).unread === 1)

  // A change that the server refuses is rolled back, with the reason.
  await context.setOffline(true)
  await page.click('[aria-label="Mark as read: given"]')
  await page.waitForSelector('.toast.bad')
  assert.equal(await badge(page), '1')
  await context.setOffline(false)
  assert.deepEqual(wrong, [])
  await context.close()
})

test('more of it is shown by a button, each once, whatever comes meanwhile', async () => {
  const { mate, give, told } = await pair('Many')
  const all = Array.from({ length: 70 }, (_, i) => `Task ${i}`)
  await give(...all)
  await told(70)
  const { page, wrong, context } = await person(browser, house.url)
  await signIn(page, house.url, mate)
  await page.goto(house.url + '/inbox')
  await until('the first', async () => (await titles(page)).length === 30)
  await page.focus('text=Show more')
  await page.keyboard.press('Enter')
  await until('more', async () => (await titles(page)).length === 60)
  assert.equal(await page.evaluate('document.activeElement.querySelector(".title")?.textContent'), 'Task 39')
  await give('meanwhile')
  await told(71)
  await until('what came is on top', async () => (await titles(page))[0] === 'meanwhile')
  await page.click('text=Show more')
  await until('all', async () => (await titles(page)).length === 71)
  assert.deepEqual(await titles(page), ['meanwhile', ...all.reverse()])
  assert.equal(await page.locator('text=Show more').count(), 0)
  assert.deepEqual(wrong, [])
  await context.close()
})

test('axe finds nothing in the inbox and nothing jumps, in light and dark, wide and narrow', async () => {
  const { mate, give, told } = await pair('Look')
  await give(
    'One',
    'Two with a title that is much longer than what a telephone has room for in a single line of its screen',
    'Three',
  )
  await told(3)
  for (const options of [
    {},
    { colorScheme: 'dark' },
    { viewport: { width: 390, height: 844 } },
    { viewport: { width: 390, height: 844 }, colorScheme: 'dark', locale: 'fr-FR' },
  ]) {
    const { page, wrong, context } = await person(browser, house.url, options)
    await signIn(page, house.url, mate)
    for (const path of ['/inbox', '/inbox?kind=invitation']) {
      await page.goto(house.url + path)
      await page.waitForSelector(path === '/inbox' ? '.notification' : '.blank')
      assert.deepEqual(await violations(page), [], `${path} ${JSON.stringify(options)}`)
      assert.ok((await shifts(page)) < 0.02, `${path} jumps by ${await shifts(page)}`)
      assert.equal(
        await page.evaluate('document.documentElement.scrollWidth <= innerWidth'),
        true,
        'the page is wider than the window',
      )
    }
    assert.deepEqual(wrong, [])
    await context.close()
  }
})
