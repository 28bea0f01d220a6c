/* What is the next piece of this JSON text, and where does it stand?

   The scanner goes over the bytes once and knows everything about single
   tokens: UTF-8, escapes, the spelling of numbers and words.  What may follow
   what is policy_json.c's business, its only caller, into which the header
   puts what is done for nearly every byte: white space and plain characters.

   The place of a token is kept as it goes.  Lines end at \n.  A column counts
   characters, so the beginning of the line moves on by one for each
   continuation byte that is met; they can stand only inside strings,
   everything else is ASCII.

   Strings are unescaped into the caller's buffer, end to end, and stay there.
   It needs no more room than the text and one byte: a string loses two quotes
   and gains one NUL, no escape becomes longer, and the NUL of a number takes
   the room of the delimiter that must follow, or of the one byte more.

   An error says what to write: most people who meet one have edited the file
   by hand a moment ago. */

#ifndef POLICY_STANDALONE
#  include "Python.h"
#endif
#include "pycore_policy_scan.h"
#include "pycore_policy_text.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>


/* --- Places and errors -------------------------------------------------- */

int
_PyPolicyScan_Fail(_PyPolicyScanner *s, uint32_t line, uint32_t column,
                   const char *code, const char *format, ...)
{
    _PyPolicyJsonError *error = s->error;
    snprintf(error->code, sizeof(error->code), "%s", code);
    error->line = (int)line;
    error->column = (int)column;
    va_list args;
    va_start(args, format);
    vsnprintf(error->what, sizeof(error->what), format, args);
    va_end(args);
    return -1;
}

/* The same for s->p, where nearly all of the scanner's errors are. */
#define FAIL(s, ...) \
    _PyPolicyScan_Fail(s, (s)->line, _PyPolicyScan_Column(s), __VA_ARGS__)

static int
fail_utf8(_PyPolicyScanner *s)
{
    return FAIL(s, "bad-utf8", "the byte 0x%02X is not UTF-8 here; save the "
                               "file as UTF-8", (unsigned char)*s->p);
}

/* The file ends inside the string that is being read. */
static int
fail_open_string(_PyPolicyScanner *s)
{
    return FAIL(s, "truncated", "the file ends inside the string that begins "
                "at line %u, column %u; write the missing \"",
                (unsigned)s->token->line, (unsigned)s->token->column);
}


/* --- Strings ------------------------------------------------------------ */

static int
hex_digit(char c)
{
    return c >= '0' && c <= '9' ? c - '0' :
           c >= 'a' && c <= 'f' ? c - 'a' + 10 :
           c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* The \uXXXX at p: its value, -1 when it is none, -2 when the file ends
   before that is known. */
static int32_t
read_hex(const char *p, const char *end)
{
    int32_t value = 0;
    for (int i = 2; i < 6; i++) {
        if (p + i >= end) {
            return -2;
        }
        int digit = hex_digit(p[i]);
        if (digit < 0) {
            return -1;
        }
        value = value << 4 | digit;
    }
    return value;
}

/* What follows the high surrogate at s->p, if it is its low one; else -1. */
static int32_t
read_low_surrogate(const _PyPolicyScanner *s)
{
    const char *p = s->p + 6;
    if (s->end - p < 6 || p[0] != '\\' || p[1] != 'u') {
        return -1;
    }
    int32_t low = read_hex(p, s->end);
    return low >= 0xDC00 && low <= 0xDFFF ? low : -1;
}

/* s->p is at the backslash of \uXXXX. */
static int
scan_unicode_escape(_PyPolicyScanner *s)
{
    int32_t c = read_hex(s->p, s->end);
    if (c == -2) {
        s->p = s->end;
        return fail_open_string(s);
    }
    if (c < 0) {
        return FAIL(s, "bad-escape", "\\u needs four hexadecimal digits; "
                                     "write for example \\u00e9");
    }
    if (c == 0) {
        return FAIL(s, "nul", "\\u0000 is the NUL character, which no name "
                              "can hold; remove it");
    }
    int length = 6;
    int32_t low = c >= 0xD800 && c <= 0xDBFF ? read_low_surrogate(s) : -1;
    if (low >= 0) {
        c = 0x10000 + ((c - 0xD800) << 10) + (low - 0xDC00);
        length = 12;
    }
    if (c >= 0xD800 && c <= 0xDFFF) {
        return FAIL(s, "lone-surrogate", "%.6s is half of a surrogate pair; "
                    "write both halves, or the character itself", s->p);
    }
    s->out = _PyPolicyText_Encode(s->out, (uint32_t)c);
    s->p += length;
    return 0;
}

/* s->p is at a backslash inside a string. */
static int
scan_escape(_PyPolicyScanner *s)
{
    static const char names[] = "\"\\/bfnrt", values[] = "\"\\/\b\f\n\r\t";
    if (s->end - s->p == 1) {
        s->p++;
        return fail_open_string(s);
    }
    char c = s->p[1];
    if (c == 'u') {
        return scan_unicode_escape(s);
    }
    const char *at = memchr(names, c, sizeof(names) - 1);
    if (at == NULL) {
        return FAIL(s, "bad-escape", "this backslash begins no escape that "
                    "JSON knows; write \\\\ for a backslash itself");
    }
    *s->out++ = values[at - names];
    s->p += 2;
    return 0;
}

/* s->p is at a byte below 0x20 inside a string. */
static int
fail_control(_PyPolicyScanner *s)
{
    unsigned char c = (unsigned char)*s->p;
    if (c == '\n' || c == '\r') {
        return FAIL(s, "bad-string", "the string that begins at line %u, "
                    "column %u does not end on its line; write the missing "
                    "\", or \\n for a line break",
                    (unsigned)s->token->line, (unsigned)s->token->column);
    }
    if (c == 0) {
        return FAIL(s, "nul", "a NUL byte stands in a string; remove it");
    }
    return FAIL(s, "bad-string", "a control character stands in a string; "
                                 "write \\u%04x", c);
}

/* One other character of a string, which is not the closing quote. */
static int
scan_character(_PyPolicyScanner *s)
{
    unsigned char byte = (unsigned char)*s->p;
    if (byte == '\\') {
        return scan_escape(s);
    }
    if (byte < 0x20) {
        return fail_control(s);
    }
    uint32_t c;
    int n = _PyPolicyText_Decode(s->p, s->end, &c);
    if (n == 0) {
        return fail_utf8(s);
    }
    memcpy(s->out, s->p, (size_t)n);
    s->out += n;
    s->p += n;
    s->line_start += n - 1;
    return 0;
}

int
_PyPolicyScan_Rest(_PyPolicyScanner *s)
{
    while (s->p < s->end && *s->p != '"') {
        if (scan_character(s) < 0) {
            return -1;
        }
        s->p = _PyPolicyScan_Plain(s, s->p);
    }
    return s->p == s->end ? fail_open_string(s) : 0;
}


/* --- Numbers and words -------------------------------------------------- */

static bool
is_digit(const _PyPolicyScanner *s)
{
    return s->p < s->end && *s->p >= '0' && *s->p <= '9';
}

static bool
is_one_of(const _PyPolicyScanner *s, char a, char b)
{
    return s->p < s->end && (*s->p == a || *s->p == b);
}

/* Whatever people write as a word or a number, wrong ones included. */
static bool
is_word(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
           (c >= 'A' && c <= 'Z') || c == '_' || c == '$' || c == '.' ||
           c == '+' || c == '-';
}

/* How long the word at s->p is, up to what a message should show. */
static int
word_length(const _PyPolicyScanner *s)
{
    int n = 0;
    while (n < 40 && s->p + n < s->end && is_word(s->p[n])) {
        n++;
    }
    return n;
}

/* One digit or more. */
static bool
skip_digits(_PyPolicyScanner *s)
{
    bool any = is_digit(s);
    while (is_digit(s)) {
        s->p++;
    }
    return any;
}

/* Move over what the grammar takes for a number; false where it stops. */
static bool
skip_number(_PyPolicyScanner *s)
{
    if (is_one_of(s, '-', '-')) {
        s->p++;
    }
    if (is_one_of(s, '0', '0')) {
        s->p++;
    }
    else if (!skip_digits(s)) {
        return false;
    }
    if (is_one_of(s, '.', '.')) {
        s->p++;
        if (!skip_digits(s)) {
            return false;
        }
    }
    if (is_one_of(s, 'e', 'E')) {
        s->p++;
        if (is_one_of(s, '+', '-')) {
            s->p++;
        }
        if (!skip_digits(s)) {
            return false;
        }
    }
    return s->p == s->end || !is_word(*s->p);
}

/* A number stays text: how large one may be is not for the scanner to say. */
static int
scan_number(_PyPolicyScanner *s)
{
    const char *start = s->p;
    if (!skip_number(s)) {
        s->p = start;
        return FAIL(s, "bad-number", "%.*s is no number in JSON; write it "
                    "like 1, -1.5 or 2e10, or in double quotes when it is a "
                    "name", word_length(s), start);
    }
    size_t len = (size_t)(s->p - start);
    memcpy(s->out, start, len);
    s->token->kind = _PyPolicyScan_NUMBER;
    s->token->text = s->out;
    s->token->count = (uint32_t)len;
    s->out += len;
    *s->out++ = '\0';
    return 0;
}

static int
scan_word(_PyPolicyScanner *s)
{
    /* What JSON has, and what others write for it. */
    static const char words[][2][10] = {
        {"true", ""}, {"false", ""}, {"null", ""},
        {"True", "true"}, {"TRUE", "true"}, {"yes", "true"},
        {"False", "false"}, {"FALSE", "false"}, {"no", "false"},
        {"None", "null"}, {"NULL", "null"}, {"undefined", "null"},
    };
    int n = word_length(s);
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        const char *word = words[i][0], *instead = words[i][1];
        if (strlen(word) != (size_t)n || memcmp(word, s->p, (size_t)n) != 0) {
            continue;
        }
        if (*instead != '\0') {
            return FAIL(s, "bad-word", "%s is not JSON; write %s", word,
                        instead);
        }
        s->token->kind = (uint8_t)*word;
        s->p += n;
        return 0;
    }
    return FAIL(s, "bad-word", "%.*s stands without quotes; write \"%.*s\"",
                n, s->p, n, s->p);
}


/* --- Tokens ------------------------------------------------------------- */

/* s->p is at something with which no token begins. */
static int
fail_token(_PyPolicyScanner *s)
{
    char shown[32];
    uint32_t c;
    int n = _PyPolicyText_Decode(s->p, s->end, &c);
    if (n == 0) {
        return fail_utf8(s);
    }
    if (c == 0) {
        return FAIL(s, "nul", "a NUL byte stands here; remove it");
    }
    if (c == '/' || c == '#') {
        return FAIL(s, "comment", "JSON has no comments; remove this one");
    }
    _PyPolicyText_Escape(shown, sizeof(shown), s->p, (size_t)n);
    if (c == '\'' || c == '`' || (c >= 0x2018 && c <= 0x201F)) {
        return FAIL(s, "bad-quote", "%s is no quote in JSON; write \"",
                    shown);
    }
    return FAIL(s, "bad-token", "%s has no meaning here; remove it, or write "
                "the text that it belongs to in double quotes", shown);
}

int
_PyPolicyScan_Other(_PyPolicyScanner *s)
{
    s->token->text = NULL;
    s->token->count = 0;
    if (s->p == s->end) {
        s->token->kind = _PyPolicyScan_END;
        return 0;
    }
    char c = *s->p;
    int result = 0;
    if (c == '[' || c == '{' || c == ']' || c == '}' || c == ',' || c == ':')
    {
        s->token->kind = (uint8_t)c;
        s->p++;
    }
    else {
        result = is_digit(s) || c == '-' || c == '+' || c == '.'
            ? scan_number(s) : is_word(c) ? scan_word(s) : fail_token(s);
    }
    _PyPolicyScan_Move(s, s->p);
    return result;
}

void
_PyPolicyScan_Init(_PyPolicyScanner *s, const char *text, size_t len,
                   char *out, _PyPolicyJsonError *error)
{
    *s = (_PyPolicyScanner){
        .p = text, .end = text + len, .line_start = text, .line = 1,
        .out = out, .error = error,
    };
    _PyPolicyScan_Move(s, text);
}
