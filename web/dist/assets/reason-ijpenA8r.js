import{F as t}from"./session.svelte-B8hLu5JC.js";import{o}from"./i18n.svelte-BJXRXPKp.js";function s(r){if(!(r instanceof t))throw r;return r.status===0?o("unreachable"):r.sentence}export{s as r};
