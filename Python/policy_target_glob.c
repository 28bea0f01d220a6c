/* Does this glob match the path?

   It is compared as far as it has no wildcards, and from there on run as a
   set of states, one step for each character of the path: the time is bounded
   by the product of the two lengths, whatever is written.

   Called by policy_target_path.c; pure, and compiled alone for tests. */

#ifndef POLICY_STANDALONE
#  include "Python.h"
#endif
#include "pycore_policy_target_path.h"
#include "pycore_policy_text.h"

/* What a glob is made of: characters, and these, which are none. */
enum {
    ANY_ONE = 0x110000,         /* ?  */
    ANY,                        /* *  */
    ANY_DEEP,                   /* ** */
    COMPONENTS,                 /* **, then "/": none, or whole ones */
    UNDECODABLE,                /* + the byte: in paths alone */
};

#define MAX_TOKENS (_PyPolicy_MAX_NAME + 1)
#define WORDS(n) ((n) / 64 + 1)


/* State i: the first i tokens have been matched.  What may stand for nothing
   is also matched at once. */
static void
enter(const _PyPolicyGlob *glob, uint64_t *states, size_t i)
{
    states[i / 64] |= (uint64_t)1 << i % 64;
    while (i < glob->n_tokens && glob->tokens[i] >= ANY
           && glob->tokens[i] <= COMPONENTS)
    {
        i++;
        states[i / 64] |= (uint64_t)1 << i % 64;
    }
}

static void
step(const _PyPolicyGlob *glob, size_t i, uint32_t c, uint64_t *next)
{
    uint32_t token = glob->tokens[i];
    switch (token) {
    case ANY_ONE:
        if (c != '/') {
            enter(glob, next, i + 1);
        }
        break;
    case ANY:
        if (c != '/') {
            enter(glob, next, i);
        }
        break;
    case ANY_DEEP:
        enter(glob, next, i);
        break;
    case COMPONENTS:
        if (c == '/') {
            enter(glob, next, i);
        }
        else {
            next[i / 64] |= (uint64_t)1 << i % 64;
        }
        break;
    default:
        if (token == c) {
            enter(glob, next, i + 1);
        }
    }
}

/* All states that one character leads to.  False when there are none. */
static bool
step_all(const _PyPolicyGlob *glob, const uint64_t *states, uint32_t c,
         uint64_t *next)
{
    bool alive = false;
    size_t words = WORDS(glob->n_tokens);
    memset(next, 0, words * sizeof(*next));
    for (size_t i = 0; i < glob->n_tokens; i++) {
        if (states[i / 64] == 0) {
            i |= 63;
        }
        else if (states[i / 64] >> i % 64 & 1) {
            step(glob, i, c, next);
        }
    }
    for (size_t i = 0; i < words; i++) {
        alive |= next[i] != 0;
    }
    return alive;
}

static const char *
next_character(const char *p, const char *end, uint32_t *c)
{
    int n = _PyPolicyText_Decode(p, end, c);
    if (n > 0) {
        return p + n;
    }
    *c = UNDECODABLE + (unsigned char)*p;
    return p + 1;
}

bool
_PyPolicyGlob_Matches(const _PyPolicyGlob *glob, const char *path, size_t len,
                      bool below)
{
    uint64_t a[WORDS(MAX_TOKENS)], b[WORDS(MAX_TOKENS)];
    uint64_t *states = a, *next = b;
    size_t last = glob->n_tokens;
    const char *p = path, *end = path + len;
    if (len < glob->prefix_len
        || memcmp(path, glob->prefix, glob->prefix_len) != 0)
    {
        return false;
    }
    p += glob->prefix_len;
    memset(states, 0, WORDS(last) * sizeof(*states));
    enter(glob, states, 0);
    while (p < end) {
        uint32_t c;
        p = next_character(p, end, &c);
        if (c == '/' && (below || glob->below)
            && states[last / 64] >> last % 64 & 1)
        {
            return true;
        }
        if (!step_all(glob, states, c, next)) {
            return false;
        }
        uint64_t *other = states;
        states = next;
        next = other;
    }
    return states[last / 64] >> last % 64 & 1;
}

bool
_PyPolicyGlob_IsOne(const char *text, size_t len)
{
    return memchr(text, '*', len) != NULL || memchr(text, '?', len) != NULL;
}

/* The stars at *p, where a component begins or not: one token for them. */
static uint32_t
stars(const char **p, const char *end)
{
    const char *star = *p;
    size_t n = 0;
    while (star + n < end && star[n] == '*') {
        n++;
    }
    *p += n;
    if (n == 1) {
        return ANY;
    }
    if (star[-1] == '/' && *p < end && **p == '/') {
        ++*p;
        return COMPONENTS;
    }
    return ANY_DEEP;
}

static int
compile_tokens(_PyPolicyGlob *glob, const char *p, const char *end)
{
    glob->tokens = PyMem_RawMalloc((size_t)(end - p + 1) * sizeof(uint32_t));
    if (glob->tokens == NULL) {
        return -1;
    }
    while (p < end) {
        uint32_t token;
        if (*p == '*') {
            token = stars(&p, end);
        }
        else if (*p == '?') {
            token = ANY_ONE;
            p++;
        }
        else {
            p = next_character(p, end, &token);
        }
        glob->tokens[glob->n_tokens++] = token;
    }
    return 0;
}

int
_PyPolicyGlob_Init(_PyPolicyGlob *glob, const char *path, size_t len,
                   size_t rest)
{
    const char *part = path + rest, *end = path + len, *last = end;
    size_t n;
    while (n = _PyPolicyPath_Component(part, end),
           !_PyPolicyGlob_IsOne(part, n))
    {
        part += n;
    }
    while (*--last != '/') {
    }
    glob->prefix = path;
    glob->prefix_len = (size_t)(part - path);
    glob->below = !_PyPolicyGlob_IsOne(last, (size_t)(end - last));
    return compile_tokens(glob, part, end);
}

void
_PyPolicyGlob_Clear(_PyPolicyGlob *glob)
{
    PyMem_RawFree(glob->tokens);
}
