import{b as o,ac as p,B as t}from"./session.svelte-DsPSMyNv.js";function b(a,s,...e){var r=new t(a);o(()=>{const n=s()??null;r.ensure(n,n&&(c=>n(c,...e)))},p)}export{b as s};
