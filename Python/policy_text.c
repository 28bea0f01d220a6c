/* How is text read, compared and shown before there are any strings?

   A policy's names are UTF-8 from the file to the tables, and never become
   Python objects on the way.  This file holds what the scanner, the loader
   and the messages need for that: one strict decoder, one way to show text
   that somebody else wrote, one measure of how like two words are, one hash.

   A message is read by a person who decides what to trust.  So a name in it
   can neither break the line, nor reorder it, nor hide in it: whatever is
   not plainly visible is shown as the escape that JSON would take for it. */

#ifndef POLICY_STANDALONE
#  include "Python.h"
#  include "pycore_pyhash.h"            // _Py_HashBytes()
#endif
#include "pycore_policy_text.h"

#include <stdio.h>
#include <string.h>


/* --- UTF-8 -------------------------------------------------------------- */

/* How many bytes a character has whose first byte is this; 0 for none. */
static int
length_of(unsigned char first)
{
    return first < 0x80 ? 1 : first < 0xC0 ? 0 : first < 0xE0 ? 2 :
           first < 0xF0 ? 3 : first < 0xF8 ? 4 : 0;
}

int
_PyPolicyText_Decode(const char *p, const char *end, uint32_t *character)
{
    /* The smallest character that needs as many bytes: less is overlong. */
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    unsigned char c = (unsigned char)*p;
    int n = length_of(c);
    if (n == 0 || end - p < n) {
        return 0;
    }
    uint32_t value = n == 1 ? c : c & (0xFFu >> (n + 1));
    for (int i = 1; i < n; i++) {
        c = (unsigned char)p[i];
        if ((c & 0xC0) != 0x80) {
            return 0;
        }
        value = value << 6 | (c & 0x3F);
    }
    if (value < least[n] || value > 0x10FFFF ||
        (value >= 0xD800 && value <= 0xDFFF)) {
        return 0;
    }
    *character = value;
    return n;
}

char *
_PyPolicyText_Encode(char *out, uint32_t c)
{
    if (c < 0x80) {
        *out++ = (char)c;
        return out;
    }
    if (c < 0x800) {
        *out++ = (char)(0xC0 | c >> 6);
    }
    else {
        if (c < 0x10000) {
            *out++ = (char)(0xE0 | c >> 12);
        }
        else {
            *out++ = (char)(0xF0 | c >> 18);
            *out++ = (char)(0x80 | (c >> 12 & 0x3F));
        }
        *out++ = (char)(0x80 | (c >> 6 & 0x3F));
    }
    *out++ = (char)(0x80 | (c & 0x3F));
    return out;
}


/* --- Showing ------------------------------------------------------------ */

bool
_PyPolicyText_IsHidden(uint32_t c)
{
    static const uint32_t ranges[][2] = {
        {0x007F, 0x00A0}, {0x00AD, 0x00AD},
        {0x034F, 0x034F}, {0x061C, 0x061C}, {0x115F, 0x1160},
        {0x1680, 0x1680}, {0x17B4, 0x17B5}, {0x180B, 0x180F},
        {0x2000, 0x200F}, {0x2028, 0x202F}, {0x205F, 0x206F},
        {0x2800, 0x2800}, {0x3000, 0x3000}, {0x3164, 0x3164},
        {0xE000, 0xF8FF}, {0xFE00, 0xFE0F}, {0xFEFF, 0xFEFF},
        {0xFFA0, 0xFFA0}, {0xFFF0, 0xFFFB}, {0xFFFE, 0xFFFF},
        {0x1BCA0, 0x1BCA3}, {0x1D173, 0x1D17A}, {0xE0000, 0x10FFFF},
    };
    if (c < 0x7F) {             /* nearly all */
        return c < 0x20;
    }
    for (size_t i = 0; i < sizeof(ranges) / sizeof(ranges[0]); i++) {
        if (c >= ranges[i][0] && c <= ranges[i][1]) {
            return true;
        }
    }
    return false;
}

/* One character at p as it is to be shown.  Returns how many bytes of text
   it was; *n is how many bytes of the piece it became. */
static int
escape_one(char piece[16], int *n, const char *p, const char *end,
           bool quoted)
{
    uint32_t c;
    int used = _PyPolicyText_Decode(p, end, &c);
    if (used == 0) {
        *n = snprintf(piece, 16, "\\x%02x", (unsigned char)*p);
        return 1;
    }
    if (quoted && (c == '"' || c == '\\')) {
        *n = snprintf(piece, 16, "\\%c", (char)c);
    }
    else if (_PyPolicyText_IsHidden(c) && c >= 0x10000) {
        *n = snprintf(piece, 16, "\\u%04x\\u%04x",
                      (unsigned)(0xD800 + ((c - 0x10000) >> 10)),
                      (unsigned)(0xDC00 + (c & 0x3FF)));
    }
    else if (_PyPolicyText_IsHidden(c)) {
        *n = snprintf(piece, 16, "\\u%04x", (unsigned)c);
    }
    else {
        memcpy(piece, p, (size_t)used);
        *n = used;
    }
    return used;
}

static const char *
show(char *buffer, size_t size, const char *text, size_t len, bool quoted)
{
    const char *end = text + len;
    size_t at = 0;
    if (quoted) {
        buffer[at++] = '"';
    }
    while (text < end) {
        char piece[16];
        int n;
        text += escape_one(piece, &n, text, end, quoted);
        /* Room is kept for "...", the closing quote and the NUL. */
        if (at + (size_t)n + 5 > size) {
            memcpy(buffer + at, "...", 3);
            at += 3;
            break;
        }
        memcpy(buffer + at, piece, (size_t)n);
        at += (size_t)n;
    }
    if (quoted) {
        buffer[at++] = '"';
    }
    buffer[at] = '\0';
    return buffer;
}

const char *
_PyPolicyText_Quote(char *buffer, size_t size, const char *text, size_t len)
{
    return show(buffer, size, text, len, true);
}

const char *
_PyPolicyText_Escape(char *buffer, size_t size, const char *text, size_t len)
{
    return show(buffer, size, text, len, false);
}


/* --- Comparing ---------------------------------------------------------- */

#define FIVE(c, x) [c] = x, [c + 1] = x, [c + 2] = x, [c + 3] = x, [c + 4] = x
#define LETTER _PyPolicyText_LETTER
#define DIGIT _PyPolicyText_DIGIT
#define SMALL (LETTER | _PyPolicyText_LOWER)
const uint8_t _PyPolicyText_Classes[256] = {
    FIVE('A', LETTER), FIVE('F', LETTER), FIVE('K', LETTER),
    FIVE('P', LETTER), FIVE('U', LETTER), ['Z'] = LETTER,
    FIVE('a', SMALL), FIVE('f', SMALL), FIVE('k', SMALL),
    FIVE('p', SMALL), FIVE('u', SMALL), ['z'] = SMALL,
    ['_'] = LETTER, FIVE('0', DIGIT), FIVE('5', DIGIT),
    ['-'] = _PyPolicyText_DASH,
};
#undef FIVE
#undef LETTER
#undef DIGIT
#undef SMALL

/* Longer words are not worth a guess. */
#define MAX_WORD 24

static int
least_of(int a, int b, int c)
{
    int least = a < b ? a : b;
    return least < c ? least : c;
}

/* How many letters must be added, dropped, changed or swapped with their
   neighbour to make b of a; both have at most MAX_WORD bytes.  Row i holds
   the answers for the first i letters of a. */
static int
edit_distance(const char *a, const char *b)
{
    int d[MAX_WORD + 1][MAX_WORD + 1];
    int n = (int)strlen(a), m = (int)strlen(b);
    for (int j = 0; j <= m; j++) {
        d[0][j] = j;
    }
    for (int i = 1; i <= n; i++) {
        d[i][0] = i;
        for (int j = 1; j <= m; j++) {
            d[i][j] = least_of(d[i - 1][j] + 1, d[i][j - 1] + 1,
                               d[i - 1][j - 1] + (a[i - 1] != b[j - 1]));
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] &&
                a[i - 2] == b[j - 1] && d[i - 2][j - 2] + 1 < d[i][j]) {
                d[i][j] = d[i - 2][j - 2] + 1;
            }
        }
    }
    return d[n][m];
}

const char *
_PyPolicyText_Nearest(const char *word, const char *const *names)
{
    char lower[MAX_WORD + 1];
    size_t n = strlen(word);
    if (n > MAX_WORD) {
        return NULL;
    }
    for (size_t i = 0; i <= n; i++) {
        char c = word[i];
        lower[i] = c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
    }
    const char *nearest = NULL;
    /* A third of the letters may be wrong: of three letters one. */
    int allowed = (int)n / 3;
    for (; *names != NULL; names++) {
        if (strlen(*names) <= MAX_WORD) {
            int distance = edit_distance(lower, *names);
            if (distance <= allowed) {
                nearest = *names;
                allowed = distance - 1;
            }
        }
    }
    return nearest;
}

/* Names are short, and there are hundreds of them at start-up, where SipHash
   would be a tenth of what a policy costs.  Eight bytes at a time, multiplied
   and folded; keyed by the interpreter's secret, which is drawn before any
   policy is read: a distribution's metadata is not written by friends. */
uint32_t
_PyPolicyText_Hash(const char *text, size_t len)
{
    uint64_t hash = 0xCBF29CE484222325 ^ len, factor = 0x9E3779B97F4A7C15;
#ifndef POLICY_STANDALONE
    hash ^= (uint64_t)_Py_HashSecret.siphash.k0;
    factor ^= (uint64_t)_Py_HashSecret.siphash.k1 & ~(uint64_t)1;
#endif
    const char *end = text + len;
    uint64_t word = 0;
    for (; end - text > 8; text += 8) {
        memcpy(&word, text, 8);
        hash = (hash ^ word) * factor;
        hash ^= hash >> 32;
    }
    /* The rest; where it can be, together with what comes before it. */
    if (len >= 8) {
        memcpy(&word, end - 8, 8);
    }
    else if (len >= 4) {
        uint32_t first, last;
        memcpy(&first, text, 4);
        memcpy(&last, end - 4, 4);
        word = (uint64_t)first << 32 | last;
    }
    else if (len > 0) {
        word = (uint64_t)(unsigned char)text[0] << 16
               | (uint64_t)(unsigned char)text[len / 2] << 8
               | (unsigned char)end[-1];
    }
    hash ^= word;
    hash = (hash ^ hash >> 32) * factor;
    return (uint32_t)(hash >> 32 ^ hash);
}
