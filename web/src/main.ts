import { mount } from 'svelte'
import App from './App.svelte'
import './app.css'
import { whenBudgetReached } from './api/client'
import { preferredLanguage, setLanguage, t } from './i18n/i18n.svelte'
import { session } from './auth/session.svelte'

whenBudgetReached((name) => t(`full.${name}`))
await Promise.all([setLanguage(preferredLanguage(), false), session.restore()])
mount(App, { target: document.getElementById('app')! })
