const n={assigned:"person",unassigned:"undo",mentioned:"at",status:"board",invitation:"people"},s=Object.keys(n);export{n as k,s as n};
