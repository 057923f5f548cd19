exports.count = (text) => [...text].length;
