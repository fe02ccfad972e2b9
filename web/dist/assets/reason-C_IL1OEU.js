import{F as t}from"./session.svelte-BgwVUerR.js";import{o}from"./i18n.svelte-q2VQmly4.js";function s(r){if(!(r instanceof t))throw r;return r.status===0?o("unreachable"):r.sentence}export{s as r};
