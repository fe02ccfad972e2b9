import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { found, launch, person, serve, signIn, until, violations } from './house.mjs'

let house, browser
before(async () => {
  house = await serve()
  browser = await launch()
})
after(async () => {
  await browser?.close()
  await house?.stop()
})

/** choose picks an option. A select makes its options once it has the focus. */
async function choose(select, value) {
  await select.focus()
  await select.selectOption(value)
}

/** day returns a date so many days from now, on the clock of this machine. */
function day(days) {
  const d = new Date(Date.now() + days * 86_400_000)
  const two = (n) => String(n).padStart(2, '0')
  return `${d.getFullYear()}-${two(d.getMonth() + 1)}-${two(d.getDate())}`
}

test('a task gets dates, a priority and an estimate in its panel, and the card shows them', async () => {
  const boss = await found(house.url, 'Dated Boss')
  const { id } = await boss.ask('POST', '/api/tasks/', { title: 'Bake the rye' })
  const { page, wrong, context } = await person(browser, house.url)
  page.setDefaultTimeout(15000)
  await signIn(page, house.url, boss)
  await page.click(`#card-${id}`)
  const panel = page.locator('aside[data-task]')
  await choose(panel.locator('select[data-keys=p]'), 'urgent')
  await panel.getByLabel('Due date').fill(day(-1))
  await panel.getByLabel('Estimate').fill('8')
  await panel.getByLabel('Estimate').press('Tab')
  const task = () => boss.ask('GET', `/api/tasks/${id}/`)
  await until('all of it is stored', async () => {
    const t = await task()
    return t.priority === 'urgent' && t.due_date === day(-1) && t.estimate === 8
  })
  await page.waitForSelector(`#card-${id} time.late`)
  assert.match(await page.textContent(`#card-${id} time`), /Overdue/)
  await panel.getByLabel('Due time').fill(day(2) + 'T15:30')
  await until('the time decides about the day', async () => {
    const t = await task()
    return t.due_at === new Date(day(2) + 'T15:30').toISOString() && t.due_date !== day(-1)
  })
  await until('the card is not late any more', async () => (await page.locator(`#card-${id} time.late`).count()) === 0)
  await panel.getByLabel('Start date').fill('9999-01-01') // after the due date: refused, and said
  await page.waitForSelector('.toast >> text=after the due date')
  await until('the refused value is gone', async () => (await panel.getByLabel('Start date').inputValue()) === '')
  assert.deepEqual(await violations(page), [])
  assert.deepEqual(wrong, [])
  await context.close()
})

test('a list is grouped by due date and priority, and filtered by both', async () => {
  const boss = await found(house.url, 'Filtering Boss')
  for (const t of [
    { title: 'late', due_date: day(-3), priority: 'high' },
    { title: 'today', due_date: day(0) },
    { title: 'far', due_date: day(40), priority: 'high' },
    { title: 'whenever' },
  ])
    await boss.ask('POST', '/api/tasks/', t)
  const { page, wrong, context } = await person(browser, house.url)
  page.setDefaultTimeout(15000)
  await signIn(page, house.url, boss)
  await page.goto(house.url + '/list?sort=due')
  await page.waitForSelector('tr[data-task]')
  const rows = () =>
    page.$$eval('tbody tr.group, tbody tr[data-task] .words', (all) => all.map((e) => e.innerText.trim()))
  assert.deepEqual(
    (await rows()).map((s) => s.replace(/\s+\d+$/, '')),
    ['Overdue', 'late', 'Today', 'today', 'Later', 'far', 'No due date', 'whenever'],
  )
  await choose(page.getByLabel(/^Priority: Any/), 'high')
  await until('two are left', async () => (await page.locator('tr[data-task]').count()) === 2)
  await choose(page.getByLabel(/^Due date: Any/), 'overdue')
  await until('one is left', async () => (await page.locator('tr[data-task]').count()) === 1)
  assert.match(page.url(), /priority=high/)
  assert.match(page.url(), /due=overdue/)
  assert.deepEqual(await violations(page), [])
  assert.deepEqual(wrong, [])
  await context.close()
})

test('a company sets its time zone, its week and its working days', async () => {
  const boss = await found(house.url, 'Zoned Boss')
  const { page, wrong, context } = await person(browser, house.url)
  page.setDefaultTimeout(15000)
  await signIn(page, house.url, boss)
  await page.goto(house.url + '/company/about')
  await page.selectOption('[name=time_zone]', 'Europe/Lisbon')
  await page.selectOption('[name=week_start]', 'sunday')
  await page.uncheck('[name=working_days][value=friday]')
  await page.check('[name=working_days][value=sunday]')
  await page.click('.sheet button.primary')
  await page.waitForSelector('.toast >> text=Saved')
  const c = await boss.ask('GET', '/api/auth/company/')
  assert.deepEqual(
    [c.time_zone, c.week_start, c.working_days],
    ['Europe/Lisbon', 'sunday', ['monday', 'tuesday', 'wednesday', 'thursday', 'sunday']],
  )
  assert.equal(await page.isChecked('[name=working_days][value=sunday]'), true)
  assert.deepEqual(await violations(page), [])
  assert.deepEqual(wrong, [])
  await context.close()
})
