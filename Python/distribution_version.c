/* Which of two versions is the later one?

   Markers compare the interpreter's version with a text, by the rules that
   package installers share (PEP 440): a version is an epoch, a release of
   some numbers, perhaps a phase before it (development, alpha, beta,
   candidate) or a post-release after it.  Here is as much of that as markers
   need; a local version ("3.13.5+mine") has no place in one and is refused.

   distribution_markers.c calls this; nothing here keeps state. */

#include "pycore_distribution_impl.h"

/* Dotted parts of a release that can be told apart. */
#define MAX_RELEASE 8

/* Phases in the order in which releases come: a number is worth more the
   later it is released. */
enum { PHASE_DEV = -1, PHASE_A = 0, PHASE_B, PHASE_RC, PHASE_FINAL };

typedef struct {
    uint32_t epoch;
    uint32_t release[MAX_RELEASE];      /* zeros behind the last */
    int n_release;
    int phase;                          /* of the pre-release */
    uint32_t pre;
    int64_t post;                       /* -1: none */
    int64_t dev;                        /* INT64_MAX: none */
} version;

typedef struct {
    const char *p, *end;
} cursor;

/* A number that has no end is no version. */
static bool
read_number(cursor *c, uint32_t *out)
{
    if (c->p >= c->end || !_PyDist_IsDigit(*c->p)) {
        return false;
    }
    uint32_t n = 0;
    for (; c->p < c->end && _PyDist_IsDigit(*c->p); c->p++) {
        if (n > 100000000) {
            return false;
        }
        n = n * 10 + (uint32_t)(*c->p - '0');
    }
    *out = n;
    return true;
}

/* `[-_.]word[-_.]?number?`, as in 1.0rc1, 1.0.post2, 1.0-dev. */
static bool
read_suffix(cursor *c, const char *word, uint32_t *number)
{
    cursor saved = *c;
    size_t n = strlen(word);
    if (c->p < c->end && strchr("-_.", *c->p) != NULL) {
        c->p++;
    }
    if ((size_t)(c->end - c->p) < n) {
        *c = saved;
        return false;
    }
    for (size_t i = 0; i < n; i++) {
        if (_PyDist_Lower(c->p[i]) != word[i]) {
            *c = saved;
            return false;
        }
    }
    c->p += n;
    saved = *c;
    if (c->p < c->end && strchr("-_.", *c->p) != NULL) {
        c->p++;
    }
    *number = 0;
    if (!read_number(c, number)) {
        *c = saved;
    }
    return true;
}

/* Longer words first, since "a" would be found in "alpha". */
static void
read_pre_release(cursor *c, version *v)
{
    static const struct { const char *word; int phase; } words[] = {
        {"alpha", PHASE_A}, {"a", PHASE_A}, {"beta", PHASE_B},
        {"b", PHASE_B}, {"preview", PHASE_RC}, {"pre", PHASE_RC},
        {"rc", PHASE_RC}, {"c", PHASE_RC},
    };
    v->phase = PHASE_FINAL;
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        if (read_suffix(c, words[i].word, &v->pre)) {
            v->phase = words[i].phase;
            return;
        }
    }
}

/* After a release there are posts, also written as "1.0-1", and before each
   of all these development releases. */
static void
read_post_and_dev(cursor *c, version *v)
{
    uint32_t n;
    v->post = -1;
    v->dev = INT64_MAX;
    if (read_suffix(c, "post", &n) || read_suffix(c, "rev", &n)
        || read_suffix(c, "r", &n))
    {
        v->post = n;
    }
    else if (c->end - c->p > 1 && c->p[0] == '-' && _PyDist_IsDigit(c->p[1])) {
        c->p++;
        if (read_number(c, &n)) {
            v->post = n;
        }
    }
    if (read_suffix(c, "dev", &n)) {
        v->dev = n;
    }
    /* A development release of a final release precedes all its other
       pre-releases. */
    if (v->dev != INT64_MAX && v->phase == PHASE_FINAL && v->post < 0) {
        v->phase = PHASE_DEV;
    }
}

/* `*wildcard`, when it is asked for, says whether the text ended in ".*". */
static bool
read_version(const char *text, size_t len, version *v, bool *wildcard)
{
    memset(v, 0, sizeof(*v));
    cursor c = {text, text + len};
    while (c.p < c.end && _PyDist_IsSpace(*c.p)) {
        c.p++;
    }
    while (c.p < c.end && _PyDist_IsSpace(c.end[-1])) {
        c.end--;
    }
    if (c.p < c.end && _PyDist_Lower(*c.p) == 'v') {
        c.p++;
    }
    uint32_t n;
    if (!read_number(&c, &n)) {
        return false;
    }
    if (c.p < c.end && *c.p == '!') {
        v->epoch = n;
        c.p++;
        if (!read_number(&c, &n)) {
            return false;
        }
    }
    v->release[v->n_release++] = n;
    while (c.end - c.p > 1 && c.p[0] == '.' && _PyDist_IsDigit(c.p[1])) {
        c.p++;
        if (!read_number(&c, &n) || v->n_release == MAX_RELEASE) {
            return false;
        }
        v->release[v->n_release++] = n;
    }
    if (wildcard != NULL) {
        *wildcard = c.end - c.p == 2 && c.p[0] == '.' && c.p[1] == '*';
        c.p += *wildcard ? 2 : 0;
    }
    read_pre_release(&c, v);
    read_post_and_dev(&c, v);
    return c.p == c.end;
}

static inline int
compare_numbers(int64_t a, int64_t b)
{
    return (a > b) - (a < b);
}

/* By the first `n` parts of the release.  Those that are not written are
   zero, so 3.13 and 3.13.0 are the same. */
static int
compare_release(const version *a, const version *b, int n)
{
    int r = compare_numbers(a->epoch, b->epoch);
    for (int i = 0; i < n && r == 0; i++) {
        r = compare_numbers(a->release[i], b->release[i]);
    }
    return r;
}

/* Field by field, in the order of their weight. */
static int
compare_versions(const version *a, const version *b)
{
    int r = compare_release(a, b, MAX_RELEASE);
    r = r ? r : compare_numbers(a->phase, b->phase);
    r = r ? r : compare_numbers(a->pre, b->pre);
    r = r ? r : compare_numbers(a->post, b->post);
    return r ? r : compare_numbers(a->dev, b->dev);
}

static inline bool
is_pre_release(const version *v)
{
    return v->phase != PHASE_FINAL || v->dev != INT64_MAX;
}

/* The right side is what the comparison asks for, the left one what there
   is.  Two of the rules are not about order: they keep "before" and "after"
   a release from meaning its own candidates and corrections. */
int
_PyDistVersion_Compare(const char *left, size_t left_len, _PyDistOp op,
                       const char *right, size_t right_len)
{
    version a, b;
    bool wildcard;
    if (!read_version(left, left_len, &a, NULL)
        || !read_version(right, right_len, &b, &wildcard))
    {
        return -1;
    }
    int r = compare_versions(&a, &b);
    if (wildcard) {
        r = compare_release(&a, &b, b.n_release);
        return op == _PyDistOp_EQ ? r == 0 : op == _PyDistOp_NE ? r != 0 : -1;
    }
    bool same = compare_release(&a, &b, MAX_RELEASE) == 0;
    switch (op) {
    case _PyDistOp_LE: return r <= 0;
    case _PyDistOp_GE: return r >= 0;
    case _PyDistOp_EQ: return r == 0;
    case _PyDistOp_NE: return r != 0;
    case _PyDistOp_LT:
        /* "Before 3.14" does not mean its candidates, ... */
        return r < 0 && !(same && is_pre_release(&a) && !is_pre_release(&b));
    case _PyDistOp_GT:
        /* ... nor "after 3.14" its post-releases. */
        return r > 0 && !(same && a.post >= 0 && b.post < 0);
    case _PyDistOp_COMPATIBLE:
        return b.n_release < 2 ? -1
               : r >= 0 && compare_release(&a, &b, b.n_release - 1) == 0;
    default:
        return -1;
    }
}
