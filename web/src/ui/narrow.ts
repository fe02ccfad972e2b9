import { MediaQuery } from 'svelte/reactivity'
import breakpoints from './breakpoints.json'

/** Whether the window is as narrow as a phone's. The style sheets change the layout at the same width. */
export const narrow = new MediaQuery(`max-width: ${breakpoints.phone}px`)
