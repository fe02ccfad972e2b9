import{b as m,aa as s}from"./i18n.svelte-BXL997nO.js";import{B as t}from"./if-Cd9aZo6l.js";function f(n,o,r){var e=new t(n);m(()=>{var a=o()??null;e.ensure(a,a&&(c=>r(c,a)))},s)}export{f as c};
