// A change appears at once, can be undone, and is rolled back with the reason when the server refuses it.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { column, found, launch, person, serve, signIn, until } from './house.mjs'

let house, browser
before(async () => {
  house = await serve()
  browser = await launch()
})
after(async () => {
  await browser?.close()
  await house?.stop()
})

async function pair(name) {
  const boss = await found(house.url, name + ' Boss')
  const { token } = await boss.ask('POST', '/api/auth/invitations/', {})
  return [boss, await found(house.url, name + ' Mate', token)]
}
const drag = async (page, card, over, dy) => {
  const from = await card.boundingBox()
  const to = await over.boundingBox()
  await page.mouse.move(from.x + 40, from.y + 20)
  await page.mouse.down()
  await page.mouse.move(from.x + 60, from.y + 30, { steps: 4 })
  await page.mouse.move(to.x + 60, to.y + dy, { steps: 12 })
  await page.mouse.up()
}

test('every change can be taken back by its toast: each of one task, by mouse and by key, and each of many', async () => {
  const [boss, mate] = await pair('Undo')
  for (const title of ['c', 'b', 'a']) await boss.ask('POST', '/api/tasks/', { title, description: 'as it was' })
  const { page, wrong, context } = await person(browser, house.url)
  await page.emulateMedia({ reducedMotion: 'reduce' })
  await signIn(page, house.url, boss)
  await until('three', async () => (await column(page, 'todo')).join() === 'a,b,c')
  const all = async () =>
    (await boss.ask('GET', '/api/tasks/?ordering=id')).results.map(
      ({ id, title, description, status, assigned_to }) => ({ id, title, description, status, assigned_to }),
    )
  const before = await all()
  const card = (title) => page.locator(`article[aria-label="${title}"]`)
  const order = async () => (await column(page, 'todo')).join()

  /** Does something, sees that it came to the server, takes it back, and sees that everything is as it was. */
  async function undone(what, change, done) {
    await change()
    await until(what, done)
    const toasts = page.locator('.toast', { has: page.locator('.act') })
    await until(what + ' can be taken back', async () => (await toasts.count()) > 0)
    await toasts.last().locator('.act').click()
    await until(
      what + ' is taken back',
      async () => JSON.stringify(await all()) === JSON.stringify(before) && (await order()) === 'a,b,c',
    )
    for (const close of await page.locator('.toast [aria-label=Close]').all())
      await close.click({ timeout: 500 }).catch(() => {}) // it may have gone by itself
  }
  const server = (fits) => async () => fits(await all())

  await undone(
    'a new task',
    async () => {
      await page.click('[aria-label="New task: To do"]')
      await page.keyboard.type('new')
      await page.keyboard.press('Enter')
      await page.keyboard.press('Escape')
    },
    server((now) => now.length === 4),
  )
  await undone(
    'another title',
    async () => {
      await card('a').focus()
      await page.keyboard.press('F2')
      await page.keyboard.press('Control+a')
      await page.keyboard.type('renamed')
      await page.keyboard.press('Enter')
    },
    server((now) => now.some((x) => x.title === 'renamed')),
  )
  await undone(
    'another status',
    async () => {
      await card('b').locator('select[data-keys=s]').focus()
      await card('b').locator('select[data-keys=s]').selectOption('done')
    },
    server((now) => now.some((x) => x.title === 'b' && x.status === 'done')),
  )
  await undone(
    'another person',
    async () => {
      await card('b').locator('select[data-keys=a]').focus()
      await card('b').locator('select[data-keys=a]').selectOption({ label: 'Undo Mate' })
    },
    server((now) => now.some((x) => x.title === 'b' && x.assigned_to === mate.id)),
  )
  await undone(
    'a card dragged down in its column',
    () => drag(page, card('a'), card('c'), 60),
    async () => (await order()) === 'b,c,a' && (await boss.ask('GET', '/api/tasks/?status=todo')).count === 3,
  )
  await undone(
    'a card dragged into another column',
    () => drag(page, card('c'), page.locator('section[aria-labelledby=column-done] .scroll'), 40),
    server((now) => now.some((x) => x.title === 'c' && x.status === 'done')),
  )
  await undone(
    'a card moved by key',
    async () => {
      await card('a').focus()
      await page.keyboard.press('Shift+ArrowDown')
    },
    async () => (await order()) === 'b,a,c',
  )
  await undone(
    'a task that is deleted',
    async () => {
      await card('b').focus()
      await page.keyboard.press('Delete')
    },
    server((now) => now.length === 2),
  )
  await undone(
    'another description',
    async () => {
      await card('a').click()
      await page.click('aside button:has-text("Edit")')
      await page.fill('aside section textarea', 'as it never was')
      await page.click('aside button:has-text("Save")')
      await page.waitForSelector('aside .text >> text=as it never was')
      await page.click('aside [aria-label=Close]')
    },
    server((now) => now.some((x) => x.description === 'as it never was')),
  )

  await page.goto(house.url + '/list')
  await page.waitForSelector('tbody tr[data-task]')
  const many = async (change) => {
    if ((await page.locator('.bar').count()) === 0) await page.click('thead input')
    await change()
  }
  const inList = async (what, change, done) => {
    await many(change)
    await until(what, done)
    await page
      .locator('.toast', { hasText: /3 tasks/ })
      .last()
      .locator('.act')
      .click()
    await until(what + ' is taken back', async () => JSON.stringify(await all()) === JSON.stringify(before))
  }
  await inList(
    'the status of all',
    async () => {
      await page.focus('.bar select >> nth=0')
      await page.selectOption('.bar select >> nth=0', 'cancelled')
    },
    server((now) => now.every((x) => x.status === 'cancelled')),
  )
  await inList(
    'the person of all',
    async () => {
      await page.focus('.bar select >> nth=1')
      await page.selectOption('.bar select >> nth=1', { label: 'Undo Mate' })
    },
    server((now) => now.every((x) => x.assigned_to === mate.id)),
  )
  await inList(
    'all deleted',
    () => page.click('.bar >> text=Delete'),
    server((now) => now.length === 0),
  )
  assert.deepEqual(wrong, [])
  await context.close()
})

test('taking back is refused, with the reason, where somebody has changed the same field since', async () => {
  const [boss, mate] = await pair('Late')
  const { id } = await boss.ask('POST', '/api/tasks/', { title: 'first' })
  const { page, wrong, context } = await person(browser, house.url)
  await signIn(page, house.url, boss)
  await page.focus('article')
  await page.keyboard.press('F2')
  await page.keyboard.press('Control+a')
  await page.keyboard.type('mine')
  await page.keyboard.press('Enter')
  const mine = page.locator('.toast', { hasText: 'Task updated' })
  await mine.waitFor()
  await mine.hover() // it stays
  await mate.ask('PATCH', `/api/tasks/${id}/`, { title: 'theirs' })
  await page.waitForSelector('article[aria-label=theirs]')
  await mine.locator('.act').click()
  await page.waitForSelector('.toast.bad')
  assert.match(await page.textContent('.toast.bad'), /^Couldn’t undo: Changed since: title/)
  assert.equal((await boss.ask('GET', `/api/tasks/${id}/`)).title, 'theirs')
  assert.deepEqual(wrong, [])
  await context.close()
})

test('a change is there before the server answers, and is taken back with the reason where it says no', async () => {
  const [boss] = await pair('Refused')
  await boss.ask('POST', '/api/tasks/', { title: 'stays' })
  const { page, wrong, context } = await person(browser, house.url)
  await signIn(page, house.url, boss)
  await page.waitForSelector('article')
  let answer
  await page.route('**/api/tasks/*/', async (route) => {
    if (route.request().method() !== 'PATCH') return route.continue()
    await new Promise((r) => (answer = r))
    await route.fulfill({
      status: 409,
      contentType: 'application/problem+json',
      body: JSON.stringify({ title: 'Conflict', status: 409, detail: 'The books are closed.' }),
    })
  })
  await page.focus('article')
  await page.keyboard.press('Shift+ArrowRight')
  await until('at once', async () => (await column(page, 'in_progress')).join() === 'stays', 200)
  await until('it is asked', () => answer !== undefined)
  assert.deepEqual(await column(page, 'in_progress'), ['stays'])
  answer()
  await page.waitForSelector('.toast.bad:has-text("The books are closed.")')
  assert.deepEqual([await column(page, 'todo'), await column(page, 'in_progress')], [['stays'], []])
  assert.deepEqual(wrong, [])
  await context.close()
})
