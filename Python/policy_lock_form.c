/* Is this a lock, exactly as the command writes it?

   A lock is read at every start, and hardly ever needed as early.  To parse
   one of 150 distributions costs some 4 % of a start.  So most of that waits,
   but a lock that is none must stop the start all the same.  This file tells
   in a tenth of the time whether a text has the form that `python -m
   importpolicy lock` gives it, to the byte: then it is a lock, and the parser
   will have no complaint.  What has another form (somebody has merged two by
   hand) is parsed at once, which also finds the words if it is none.

   Lib/importpolicy/_lock.py has the other half, dumps(); test_lock holds one
   to the other.  Called by policy_lock_state.c. */

#ifndef POLICY_STANDALONE
#  include "Python.h"
#endif
#include "pycore_policy_lock.h"

#include <string.h>

typedef struct {
    const char *p, *end;
} Cursor;

#define HIGH UINT64_C(0x8080808080808080)
#define ONES UINT64_C(0x0101010101010101)

/* The high bits of those bytes of the word that are c. */
static inline uint64_t
equal(uint64_t word, char c)
{
    uint64_t zero = word ^ ONES * (unsigned char)c;
    return ~(((zero & ~HIGH) + ~HIGH) | zero | ~HIGH);
}

/* Nothing but printable ASCII and line ends, and no backslash: then a string
   ends at the next quote.  A word at a time. */
static bool
is_plain(const char *text, size_t len)
{
    uint64_t bad = 0;
    size_t i = 0;
    for (; i + 8 <= len; i += 8) {
        uint64_t word;
        memcpy(&word, text + i, 8);
        /* With the high bits set no byte borrows from the next: they stay
           where the byte is 0x20 at least. */
        uint64_t shown = ((word & ~HIGH) | HIGH) - ONES * 0x20;
        bad |= (word & HIGH) | equal(word, '\\')
               | (~shown & HIGH & ~equal(word, '\n'));
    }
    for (; i < len; i++) {
        char c = text[i];
        bad |= c != '\n' && (c < 0x20 || c > 0x7e || c == '\\');
    }
    return bad == 0 && memchr(text, 0x7f, len) == NULL;
}

static bool
takes(Cursor *c, const char *text, size_t n)
{
    if ((size_t)(c->end - c->p) < n || memcmp(c->p, text, n) != 0) {
        return false;
    }
    c->p += n;
    return true;
}

#define TAKES(c, literal) takes(c, literal, sizeof(literal) - 1)

/* A string that is not empty; *text is what it holds. */
static bool
takes_string(Cursor *c, const char **text, size_t *len)
{
    if (!TAKES(c, "\"")) {
        return false;
    }
    const char *close = memchr(c->p, '"', (size_t)(c->end - c->p));
    if (close == NULL || close == c->p
        || memchr(c->p, '\n', (size_t)(close - c->p)) != NULL)
    {
        return false;
    }
    *text = c->p;
    *len = (size_t)(close - c->p);
    c->p = close + 1;
    return true;
}

/* `[]`, `["one"]`, or one a line. */
static bool
takes_list(Cursor *c)
{
    const char *text;
    size_t len;
    if (TAKES(c, "[]")) {
        return true;
    }
    if (TAKES(c, "[\"")) {
        c->p--;
        return takes_string(c, &text, &len) && TAKES(c, "]");
    }
    if (!TAKES(c, "[\n")) {
        return false;
    }
    do {
        if (!TAKES(c, "        ") || !takes_string(c, &text, &len)) {
            return false;
        }
    } while (TAKES(c, ",\n"));
    return TAKES(c, "\n      ]");
}

static bool
is_digest(const char *text, size_t len)
{
    bool digits = len == _PyPolicyLock_DIGEST - 1;
    for (size_t i = 0; i < len; i++) {
        char c = text[i];
        digits &= (c >= '0' && c <= '9') | (c >= 'a' && c <= 'f');
    }
    return digits;
}

/* A distribution's name in normal form. */
static bool
is_normal(const char *name, size_t len)
{
    bool normal = name[0] != '-' && name[len - 1] != '-' && len < 256;
    for (size_t i = 0; i < len; i++) {
        char c = name[i];
        normal &= (c >= 'a' && c <= 'z') | (c >= '0' && c <= '9')
                  | (c == '-' && i > 0 && name[i - 1] != '-');
    }
    return normal;
}

static bool
takes_entry(Cursor *c)
{
    const char *text;
    size_t len;
    if (!TAKES(c, ": {\n      \"version\": ") || !takes_string(c, &text, &len)
        || !TAKES(c, ",\n      \""))
    {
        return false;
    }
    if (TAKES(c, "record\": ")) {
        if (!takes_string(c, &text, &len) || !is_digest(text, len)) {
            return false;
        }
    }
    else if (!TAKES(c, "editable\": true")) {
        return false;
    }
    return TAKES(c, ",\n      \"packages\": ") && takes_list(c)
        && (!TAKES(c, ",\n      \"pth\": ") || takes_list(c))
        && (!TAKES(c, ",\n      \"contested\": ") || takes_list(c))
        && TAKES(c, ",\n      \"requires\": ") && takes_list(c)
        && TAKES(c, "\n    }");
}

/* Does the name come behind the last one, so that none is there twice? */
static bool
is_next(const char *last, size_t last_len, const char *name, size_t len)
{
    size_t n = last_len < len ? last_len : len;
    int r = memcmp(last, name, n);
    return r < 0 || (r == 0 && last_len < len);
}

bool
_PyPolicyLock_IsAsWritten(const char *text, size_t len)
{
    Cursor c = {text, text + len};
    const char *comment, *name, *last = "";
    size_t n, last_len = 0;
    if (!is_plain(text, len)
        || !TAKES(&c, "{\n  \"$version\": 1,\n  \"$comment\": ")
        || !takes_string(&c, &comment, &n)
        || !TAKES(&c, ",\n  \"distributions\": {"))
    {
        return false;
    }
    if (TAKES(&c, "}\n}\n")) {
        return c.p == c.end;
    }
    if (!TAKES(&c, "\n")) {
        return false;
    }
    do {
        if (!TAKES(&c, "    ") || !takes_string(&c, &name, &n)
            || !is_normal(name, n) || !is_next(last, last_len, name, n)
            || !takes_entry(&c))
        {
            return false;
        }
        last = name;
        last_len = n;
    } while (TAKES(&c, ",\n"));
    return TAKES(&c, "\n  }\n}\n") && c.p == c.end;
}
