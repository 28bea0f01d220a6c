/* How is a name written that somebody has chosen?

   So that it is nobody else's, moves no cursor and breaks no line: as JSON
   writes it where it may be pasted into a policy, and as Python does where it
   is only read.

   Text grows in raw memory, so that a line can be written on standard error
   where no exception may be touched (audit mode). */

#include "Python.h"
#include "pycore_policy_message.h"
#include "pycore_policy_text.h"         // _PyPolicyText_Decode()

#include <stdio.h>
#include <string.h>

/* Bytes of one file name or principal in a sentence; logs have it whole. */
#define MAX_SHOWN 160

void
_PyPolicyMessage_Clear(_PyPolicyMessage *text)
{
    PyMem_RawFree(text->data);
    memset(text, 0, sizeof(*text));
}

void
_PyPolicyMessage_AddBytes(_PyPolicyMessage *text, const char *s, size_t n)
{
    if (text->failed) {
        return;
    }
    if (text->capacity - text->n <= n) {
        size_t capacity = (text->n + n + 1) * 2;
        char *data = PyMem_RawRealloc(text->data, capacity);
        if (data == NULL) {
            text->failed = true;
            return;
        }
        text->data = data;
        text->capacity = capacity;
    }
    memcpy(text->data + text->n, s, n);
    text->n += n;
    text->data[text->n] = '\0';
}

void
_PyPolicyMessage_Add(_PyPolicyMessage *text, const char *s)
{
    _PyPolicyMessage_AddBytes(text, s, strlen(s));
}

void
_PyPolicyMessage_AddInt(_PyPolicyMessage *text, long long value)
{
    char digits[24];
    snprintf(digits, sizeof(digits), "%lld", value);
    _PyPolicyMessage_Add(text, digits);
}

static void
add_format(_PyPolicyMessage *text, const char *format, unsigned value)
{
    char escape[16];
    snprintf(escape, sizeof(escape), format, value);
    _PyPolicyMessage_Add(text, escape);
}

static void
add_json_char(_PyPolicyMessage *text, uint32_t ch)
{
    char c = (char)ch;
    if (ch == '"' || ch == '\\') {
        _PyPolicyMessage_AddBytes(text, "\\", 1);
        _PyPolicyMessage_AddBytes(text, &c, 1);
    }
    else if (ch >= 0x20 && ch < 0x7f) {
        _PyPolicyMessage_AddBytes(text, &c, 1);
    }
    else if (ch < 0x10000) {
        add_format(text, "\\u%04x", ch);
    }
    else {
        add_format(text, "\\u%04x", Py_UNICODE_HIGH_SURROGATE(ch));
        add_format(text, "\\u%04x", Py_UNICODE_LOW_SURROGATE(ch));
    }
}

void
_PyPolicyMessage_AddName(_PyPolicyMessage *text, const char *s)
{
    const char *end = s + strlen(s);
    while (s < end) {
        uint32_t ch;
        int n = _PyPolicyText_Decode(s, end, &ch);
        if (n == 0) {
            n = 1;
            ch = 0xdc00 + (unsigned char)*s;
        }
        add_json_char(text, ch);
        s += n;
    }
}

void
_PyPolicyMessage_AddQuoted(_PyPolicyMessage *text, const char *s)
{
    _PyPolicyMessage_Add(text, "\"");
    _PyPolicyMessage_AddName(text, s);
    _PyPolicyMessage_Add(text, "\"");
}

void
_PyPolicyMessage_AddShown(_PyPolicyMessage *text, const char *s)
{
    char shown[MAX_SHOWN * 6 + 16];
    size_t len = strlen(s);
    if (len > MAX_SHOWN) {
        _PyPolicyMessage_Add(text, "...");
        s += len - MAX_SHOWN;
        /* Not from the middle of a character. */
        while ((*s & 0xc0) == 0x80) {
            s++;
        }
    }
    _PyPolicyMessage_Add(text, _PyPolicyText_Escape(shown, sizeof(shown),
                                                 s, strlen(s)));
}

/* Surrogates that stand for undecodable bytes become those bytes again.  No
   file can be called by another surrogate, or NUL: a question mark. */
static void
add_utf8(_PyPolicyMessage *text, Py_UCS4 ch)
{
    char bytes[4], *end = bytes;
    if (ch >= 0xdc80 && ch <= 0xdcff) {
        *end++ = (char)(ch - 0xdc00);
    }
    else if (ch == 0 || (ch >= 0xd800 && ch <= 0xdfff)) {
        *end++ = '?';
    }
    else {
        end = _PyPolicyText_Encode(bytes, ch);
    }
    _PyPolicyMessage_AddBytes(text, bytes, (size_t)(end - bytes));
}

void
_PyPolicyMessage_AddString(_PyPolicyMessage *text, PyObject *str)
{
    /* PyUnicode_AsUTF8() would do most of it, but it caches what it makes in
       the object, refuses surrogates, and sets exceptions. */
    Py_ssize_t n = PyUnicode_GET_LENGTH(str);
    for (Py_ssize_t i = 0; i < n && !text->failed; i++) {
        add_utf8(text, PyUnicode_READ_CHAR(str, i));
    }
}

void
_PyPolicyMessage_AddSet(_PyPolicyMessage *text, uint32_t set)
{
    if (set == _PyPrincipal_APPLICATION) {
        _PyPolicyMessage_Add(text, "__main__");
        return;
    }
    const uint32_t *members;
    size_t n = _PyPrincipal_Members(set, &members);
    for (size_t i = 0; i < n; i++) {
        if (i > 0) {
            _PyPolicyMessage_Add(text, "+");
        }
        _PyPolicyMessage_AddName(text, _PyPrincipal_Name(members[i]));
    }
}
