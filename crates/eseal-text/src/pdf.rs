//! Characters of PDF pages (PDF 页面文字).
