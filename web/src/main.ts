import { mount } from 'svelte'
import App from './App.svelte'
import './app.css'
import { preferredLanguage, setLanguage } from './i18n/i18n.svelte'
import { session } from './auth/session.svelte'

await Promise.all([setLanguage(preferredLanguage(), false), session.restore()])
mount(App, { target: document.getElementById('app')! })
