// Texts of a page in which something is to be filled: "Row {number}".
export const filled = (text, values) => text.replace(/\{(\w+)\}/g, (_all, name) => values[name]);
