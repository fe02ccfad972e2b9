// Work with tasks: find and sort them, change one or many.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { column, found, launch, person, serve, signIn, until, violations } from './house.mjs'

let house, browser
before(async () => {
  house = await serve()
  browser = await launch()
})
after(async () => {
  await browser?.close()
  await house?.stop()
})

/** A company with a founder and a colleague. */
async function pair(name) {
  const boss = await found(house.url, name + ' Boss')
  const { token } = await boss.ask('POST', '/api/auth/invitations/', {})
  return [boss, await found(house.url, name + ' Mate', token)]
}

const rows = (page) =>
  page.$$eval('tbody tr[data-task]', (all) => all.map((r) => r.querySelector('td.title').textContent.trim()))
const row = (page, title) => page.locator('tbody tr', { has: page.locator('td.title', { hasText: title }) })
const go = (page, path) => page.click(`nav a[href="${path}"]`)

test('a filter is in the address: it can be shared, loaded again and gone back from', async () => {
  const [boss, mate] = await pair('Filter')
  for (const t of [
    { title: 'Crème brûlée', status: 'todo', assigned_to: mate.id },
    { title: 'Straße fegen', description: 'Am MONTAG, bitte', status: 'in_progress', assigned_to: boss.id },
    { title: 'Bread', status: 'done' },
  ])
    await boss.ask('POST', '/api/tasks/', t)
  const { page, wrong, context } = await person(browser, house.url)
  await signIn(page, house.url, boss)
  await until('all of them', async () => (await page.$$('article')).length === 3)

  await page.fill('input[type=search]', 'BRULEE')
  await until(
    'by its words without accents',
    async () => (await column(page, 'todo')).join() === 'Crème brûlée' && (await page.$$('article')).length === 1,
  )
  assert.equal(new URL(page.url()).search, '?q=BRULEE')
  for (const [words, want] of [
    ['strasse montag', 'Straße fegen'],
    ['#3', 'Bread'],
    ['bread montag', ''],
  ]) {
    await page.fill('input[type=search]', words)
    await until(
      words,
      async () => (await page.$$eval('article', (all) => all.map((a) => a.getAttribute('aria-label')).join())) === want,
    )
  }
  await page.click('text=Clear')
  await page.click('search button:has-text("In progress")')
  await until(
    'one column',
    async () =>
      (await page.$$('.board section')).length === 1 && (await column(page, 'in_progress')).join() === 'Straße fegen',
  )
  await page.focus('search select')
  await page.selectOption('search select', { label: 'Filter Mate' })
  await until('nothing fits', async () => (await page.$$('article')).length === 0)
  assert.equal(new URL(page.url()).search, `?status=in_progress&person=${mate.id}`)

  await page.goBack()
  await until('back', async () => (await page.$$('article')).length === 1)
  await page.goBack()
  await until('and back', async () => (await page.$$('article')).length === 3)
  for (const [query, want] of [
    [`?person=${mate.id}`, 'Crème brûlée'],
    ['?person=none', 'Bread'],
    ['?status=done,todo&q=bread', 'Bread'],
    ['?status=nonsense&person=x', 'Bread,Crème brûlée,Straße fegen'],
  ]) {
    await page.goto(house.url + '/list' + query)
    await until(query, async () => (await rows(page)).sort().join() === want)
  }
  assert.deepEqual(wrong, [])
  await context.close()
})

test('a list is sorted by each column, and a title, a status and a person are changed in it', async () => {
  const [boss, mate] = await pair('Sort')
  for (const t of [
    { title: 'task 10', status: 'done', assigned_to: mate.id },
    { title: 'task 9', status: 'todo' },
    { title: 'Äpfel', status: 'in_progress', assigned_to: boss.id },
  ])
    await boss.ask('POST', '/api/tasks/', t)
  const { page, wrong, context } = await person(browser, house.url)
  await signIn(page, house.url, boss)
  await go(page, '/list')
  await until('newest first', async () => (await rows(page)).join() === 'Äpfel,task 9,task 10')
  for (const [name, want] of [
    ['Title', 'Äpfel,task 9,task 10'],
    ['Assignee', 'Äpfel,task 10,task 9'],
    ['Status', 'task 9,Äpfel,task 10'],
    ['Number', 'task 10,task 9,Äpfel'],
    ['Created', 'task 10,task 9,Äpfel'],
    ['Updated', 'task 10,task 9,Äpfel'],
  ]) {
    const head = page.locator('thead th', { hasText: name })
    await head.locator('button').click()
    await until(`by ${name}`, async () => (await rows(page)).join() === want)
    assert.equal(await head.getAttribute('aria-sort'), 'ascending', name)
    assert.equal(await page.$$eval('th[aria-sort=ascending], th[aria-sort=descending]', (all) => all.length), 1)
  }
  await page.click('thead >> text=Title')
  await page.click('thead >> text=Title')
  await until('the other way', async () => (await rows(page)).join() === 'task 10,task 9,Äpfel')
  assert.match(page.url(), /sort=-title/)
  await page.reload()
  await until('the same when it is loaded again', async () => (await rows(page)).join() === 'task 10,task 9,Äpfel')

  // In place: by double click, by key, and given up.
  await row(page, 'task 9').locator('td.title .words').dblclick()
  await page.keyboard.type('task 11')
  await page.keyboard.press('Enter')
  await until('renamed', async () => (await boss.ask('GET', '/api/tasks/?search=11')).count === 1)
  assert.equal(await page.evaluate('document.activeElement.querySelector("td.title").textContent.trim()'), 'task 11')
  assert.doesNotMatch(page.url(), /task=/, 'a double click opens nothing')
  await page.keyboard.press('F2')
  await page.keyboard.type('never')
  await page.keyboard.press('Escape')
  await until('given up', async () => (await rows(page)).includes('task 11'))
  await row(page, 'task 11').locator('select[data-keys=s]').focus()
  await row(page, 'task 11').locator('select[data-keys=s]').selectOption('cancelled')
  await row(page, 'task 11').locator('select[data-keys=a]').focus()
  await row(page, 'task 11').locator('select[data-keys=a]').selectOption({ label: 'Sort Mate' })
  await until(
    'status and person',
    async () => (await boss.ask('GET', `/api/tasks/?status=cancelled&assigned_to=${mate.id}`)).count === 1,
  )
  assert.equal((await boss.ask('GET', '/api/tasks/?search=never')).count, 0)

  await go(page, '/mine')
  await until('my own', async () => (await rows(page)).join() === 'Äpfel')
  await page.keyboard.press('n')
  await page.keyboard.type('mine too')
  await page.keyboard.press('Enter')
  await until('made for me', async () => (await boss.ask('GET', '/api/tasks/my_tasks/')).count === 2)
  assert.deepEqual(await page.$$eval('.group', (all) => all.map((g) => g.textContent.trim())), [
    'To do 1',
    'In progress 1',
  ])
  assert.deepEqual(wrong, [])
  await context.close()
})

test('many are chosen with the mouse or the keys, changed in one step, and changed back by one undo', async () => {
  const [boss] = await pair('Bulk')
  for (let i = 9; i >= 1; i--)
    await boss.ask('POST', '/api/tasks/', { title: 'n' + i, assigned_to: i === 9 ? boss.id : null })
  const { page, wrong, context } = await person(browser, house.url)
  await signIn(page, house.url, boss)
  await go(page, '/list')
  await until('nine', async () => (await rows(page)).join() === 'n1,n2,n3,n4,n5,n6,n7,n8,n9')
  const chosen = () =>
    page.$$eval('tr[aria-selected=true]', (all) =>
      all.map((r) => r.querySelector('td.title').textContent.trim()).join(),
    )
  await row(page, 'n2').locator('input[type=checkbox]').click()
  await row(page, 'n5')
    .locator('input[type=checkbox]')
    .click({ modifiers: ['Shift'] })
  assert.equal(await chosen(), 'n2,n3,n4,n5')
  await row(page, 'n3').locator('input[type=checkbox]').click()
  assert.equal(await chosen(), 'n2,n4,n5')
  assert.equal(await page.$eval('thead input', (i) => i.indeterminate), true)

  await page.focus('.bar select >> nth=0')
  await page.selectOption('.bar select >> nth=0', 'done')
  await until('changed', async () => (await boss.ask('GET', '/api/tasks/?status=done')).count === 3)
  await page.locator('.toast', { hasText: '3 tasks updated' }).getByText('Undo').click()
  await until('and back', async () => (await boss.ask('GET', '/api/tasks/?status=todo')).count === 9)

  // All that the filter shows, and nothing that it does not.
  await page.fill('input[type=search]', 'n1')
  await until('one', async () => (await rows(page)).join() === 'n1')
  assert.equal(await page.locator('.bar').count(), 0, 'what is not shown is not changed')
  await page.fill('input[type=search]', '')
  await until('nine', async () => (await rows(page)).length === 9)
  await page.focus('tbody tr >> nth=0')
  await page.keyboard.press('Escape')
  assert.equal(await chosen(), '')
  await page.keyboard.press('x')
  await page.keyboard.press('Shift+ArrowDown')
  await page.keyboard.press('Shift+ArrowDown')
  assert.equal(await chosen(), 'n1,n2,n3')
  await page.keyboard.press('Control+a')
  assert.equal((await chosen()).split(',').length, 9)
  await page.click('.bar >> text=Delete')
  await until('deleted', async () => (await boss.ask('GET', '/api/tasks/')).count === 0)
  await page.waitForSelector('text=No tasks yet')
  await page.locator('.toast', { hasText: '9 tasks deleted' }).getByText('Undo').click()
  await until(
    'there again',
    async () => (await boss.ask('GET', '/api/tasks/')).count === 9 && (await rows(page)).length === 9,
  )
  assert.deepEqual(wrong, [])
  await context.close()
})

test('axe finds nothing on the list and on my tasks', async () => {
  const [boss, mate] = await pair('Axe')
  for (let i = 0; i < 8; i++)
    await boss.ask('POST', '/api/tasks/', {
      title: 'Task ' + i,
      status: ['todo', 'in_progress', 'done', 'cancelled'][i % 4],
      assigned_to: [boss.id, mate.id, null][i % 3],
    })
  for (const options of [
    {},
    { colorScheme: 'dark' },
    { viewport: { width: 390, height: 844 } },
    { viewport: { width: 390, height: 844 }, colorScheme: 'dark', locale: 'de-DE' },
  ]) {
    const { page, wrong, context } = await person(browser, house.url, options)
    await page.emulateMedia({ reducedMotion: 'reduce' })
    await signIn(page, house.url, boss)
    for (const path of ['/list', '/mine', '/list?q=nothing']) {
      await page.goto(house.url + path)
      await page.waitForSelector(path.includes('q=') ? '.empty' : 'tbody tr[data-task]')
      if (path === '/list') await page.click('tbody input >> nth=0')
      assert.deepEqual(await violations(page), [], `${path} ${JSON.stringify(options)}`)
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

test('a task is opened at its address, written in Markdown, and shows its history and who looks, as it happens', async () => {
  const [boss, mate] = await pair('Panel')
  const { id } = await boss.ask('POST', '/api/tasks/', {
    title: 'Paint the fence',
    description: '**White**, see [the shop](https://example.com/)',
  })
  const a = await person(browser, house.url)
  const b = await person(browser, house.url)
  await signIn(a.page, house.url, boss)
  await signIn(b.page, house.url, mate)
  await a.page.focus('article')
  await a.page.keyboard.press('Enter')
  await a.page.waitForSelector('aside .text strong:has-text("White")')
  assert.equal(new URL(a.page.url()).search, '?task=' + id)
  assert.equal(await a.page.getAttribute('aside .text a', 'rel'), 'noopener noreferrer nofollow')
  await b.page.goto(house.url + '/list?task=' + id)
  await a.page.waitForSelector('aside .looking >> text=Panel Mate')

  // The text of one person appears for the other, in the fields and in the history.
  await b.page.click('aside button:has-text("Edit")')
  await b.page.fill('aside section textarea', '# Plan\n\n- [x] buy paint')
  await b.page.click('aside button:has-text("Preview")')
  await b.page.waitForSelector('aside .preview h3:has-text("Plan")')
  await b.page.click('aside button:has-text("Save")')
  await a.page.waitForSelector('aside .text li:has-text("☑ buy paint")')
  await a.page.waitForSelector('aside ol >> text=Description changed')
  await a.page.focus('aside select[data-keys=s]')
  await a.page.selectOption('aside select[data-keys=s]', 'done')
  await b.page.waitForSelector('aside ol >> text=Status: To do → Done')

  // Both change the same field: both values are shown, and neither is lost.
  await a.page.focus('aside textarea.title')
  await a.page.keyboard.press('Control+a')
  await a.page.keyboard.type('Paint it red')
  await boss.ask('PATCH', `/api/tasks/${id}/`, { title: 'Paint it green' })
  await b.page.waitForSelector('aside ol >> text=Paint it green')
  await a.page.keyboard.press('Enter')
  await a.page.waitForSelector('aside [role=alert] >> text=Theirs: Paint it green')
  await a.page.waitForSelector('aside [role=alert] >> text=Yours: Paint it red')
  await a.page.click('aside [role=alert] >> text=Use yours')
  await until('mine', async () => (await boss.ask('GET', `/api/tasks/${id}/`)).title === 'Paint it red')

  await a.page.focus('aside')
  await a.page.keyboard.press('Escape')
  await until(
    'closed, and the focus is where it was',
    async () => (await a.page.evaluate('document.activeElement.id')) === 'card-' + id,
  )
  await b.page.click('aside [aria-label=Delete]')
  await until('deleted', async () => (await a.page.$$('article')).length === 0)
  await b.page.locator('.toast', { hasText: 'deleted' }).getByText('Undo').click()
  await until('there again', async () => (await a.page.$$('article')).length === 1)
  assert.deepEqual([a.wrong, b.wrong], [[], []])
  await a.context.close()
  await b.context.close()
})

test('I11, I12: descriptions of attackers stay texts in the panel, and links of theirs lead nowhere', async () => {
  const [boss] = await pair('Danger')
  const payloads = [
    '<script>alert(1)</script>',
    '<img src=x onerror=alert(1)>',
    '<svg onload=alert(1)>',
    '[a](javascript:alert(1))',
    '[a](data:text/html,<script>alert(1)</script>)',
    '![a](x" onerror="alert(1))',
    '<a href="javascript:alert(1)">x</a>',
    '[a](<java\tscript:alert(1)>)',
    '<javascript:alert(1)>',
    '[x]: javascript:alert(1)\n\n[x]',
    '<iframe srcdoc="<script>alert(1)</script>">',
    '`<script>alert(1)</script>`',
  ]
  const { id } = await boss.ask('POST', '/api/tasks/', {
    title: '<img src=x onerror=alert(1)>',
    description: payloads.join('\n\n'),
  })
  const { page, wrong, context } = await person(browser, house.url)
  await page.addInitScript(() =>
    addEventListener('securitypolicyviolation', (e) =>
      console.log('Content Security Policy', e.violatedDirective, e.blockedURI),
    ),
  )
  await signIn(page, house.url, boss)
  await page.goto(house.url + '/board?task=' + id)
  await page.waitForSelector('aside .text p')
  assert.equal(await page.locator('aside .text a').count(), 0)
  assert.equal(await page.locator('aside .text :is(script, img, svg, iframe)').count(), 0)
  assert.deepEqual(wrong, [])
  // Whatever the server gave (and the policy would stop, and report), the page lets no more through than it may.
  await page.route('**/api/markdown/', (r) =>
    r.fulfill({
      json: {
        html: '<p id=x onclick=alert(1)>made</p><img src=x onerror=alert(1)><a href="javascript:alert(1)">run</a><svg><script>alert(1)</script></svg><a href="https://example.com/">good</a>',
      },
    }),
  )
  await boss.ask('PATCH', `/api/tasks/${id}/`, { description: 'another' })
  await page.waitForSelector('aside .text >> text=made')
  assert.deepEqual(await page.$$eval('aside .text a', (all) => all.map((a) => a.getAttribute('href'))), [
    null,
    'https://example.com/',
  ])
  assert.equal(await page.locator('aside .text :is(script, img, svg, [onclick])').count(), 0)
  assert.deepEqual(
    wrong.filter((w) => !w.startsWith('policy')),
    [],
  )
  await context.close()
})

test('axe finds nothing in the panel, it is as wide as a phone, and nothing jumps', async () => {
  const [boss] = await pair('Panel Axe')
  const { id } = await boss.ask('POST', '/api/tasks/', {
    title: 'A task',
    description: '# Plan\n\n1. one\n\n| a | b |\n|---|---|\n| 1 | 2 |',
  })
  for (const options of [
    {},
    { colorScheme: 'dark' },
    { viewport: { width: 390, height: 844 } },
    { viewport: { width: 390, height: 844 }, colorScheme: 'dark', locale: 'fr-FR' },
  ]) {
    const { page, wrong, context } = await person(browser, house.url, options)
    await page.emulateMedia({ reducedMotion: 'reduce' })
    await signIn(page, house.url, boss)
    await page.addInitScript(() => {
      window.jumps = []
      new PerformanceObserver((l) =>
        l.getEntries().forEach((e) => e.hadRecentInput || window.jumps.push(e.value)),
      ).observe({ type: 'layout-shift', buffered: true })
    })
    for (const path of ['/board', '/list', '/board?task=' + id]) {
      await page.goto(house.url + path)
      await page.waitForSelector('.state.live')
      await page.waitForSelector(path.includes('task') ? 'aside .text h3' : '[data-task]')
      const jump = await page.evaluate('window.jumps.reduce((a, b) => a + b, 0)')
      assert.ok(jump < 0.1, `${path} jumps by ${jump}`)
    }
    assert.deepEqual(await violations(page), [], JSON.stringify(options))
    if (options.viewport) assert.equal(await page.$eval('aside', (n) => n.getBoundingClientRect().width), 390)
    assert.deepEqual(wrong, [])
    await context.close()
  }
})

test('all of it by keys: the palette, the map of keys, and letters that can be turned off', async () => {
  const [boss] = await pair('Key')
  for (const title of ['second', 'first']) await boss.ask('POST', '/api/tasks/', { title })
  const { page, wrong, context } = await person(browser, house.url)
  await page.emulateMedia({ reducedMotion: 'reduce' })
  await signIn(page, house.url, boss)
  await page.waitForSelector('article')
  await page.keyboard.press('j')
  await page.keyboard.press('j')
  assert.equal(await page.evaluate('document.activeElement.getAttribute("aria-label")'), 'second')
  await page.keyboard.press('Control+k')
  await page.waitForSelector('dialog [role=option]')
  assert.deepEqual(await violations(page), [])
  await page.keyboard.type('second done')
  await page.keyboard.press('Enter')
  await until(
    'done',
    async () => (await boss.ask('GET', '/api/tasks/?status=done')).results.map((x) => x.title).join() === 'second',
  )
  await page.keyboard.press('Control+k')
  await page.waitForSelector('dialog [role=option]')
  await page.keyboard.type('go to list')
  await page.keyboard.press('Enter')
  await page.waitForURL('**/list')
  await page.keyboard.press('Control+k')
  await page.waitForSelector('dialog [role=option]')
  await page.keyboard.type('brand new')
  await page.keyboard.press('Enter')
  await until('made', async () => (await boss.ask('GET', '/api/tasks/?search=brand')).count === 1)
  await page.waitForSelector('aside')
  await page.keyboard.press('Escape')
  await page.keyboard.press('g')
  await page.keyboard.press('b')
  await page.waitForURL('**/board')
  await page.keyboard.press('?')
  await page.waitForSelector('dialog h2')
  assert.deepEqual(await violations(page), [])
  await page.click('dialog input[type=checkbox]')
  await page.keyboard.press('Escape')
  await page.keyboard.press('g')
  await page.keyboard.press('l')
  await page.keyboard.press('?')
  assert.equal(await page.locator('dialog').count(), 0)
  assert.match(page.url(), /board/)
  assert.deepEqual(wrong, [])
  await context.close()
})
