/* Does this requirement hold here?

   A requirement may stand under a marker, a condition on the interpreter,
   the platform and the extra that is being asked for:

       python_version < "3.11" and (os_name == "nt" or extra == "socks")

   It is read by recursive descent over the text, with no tree: every operand
   is either a quoted string or a variable, so a comparison can be judged the
   moment that it has been read.  Nothing is skipped on the way; `a or b`
   with a nonsensical b is nonsense whatever a is, and the caller counts a
   requirement that it cannot judge as absent.  That is the safe side: a
   requirement can only ever widen what a grant reaches.

   Version variables are compared as versions, all others as strings.
   distribution_build.c calls this; nothing here keeps state. */

#include "pycore_distribution_impl.h"

#include <string.h>
#include <sys/utsname.h>

/* Parentheses inside one another. */
#define MAX_DEPTH 32


/* --- Comparisons -------------------------------------------------------- */

typedef enum { KIND_LITERAL, KIND_STRING, KIND_VERSION, KIND_EXTRA } kind;

typedef struct {
    kind kind;
    const char *text;
    size_t len;
} operand;

/* `in` means a part of the text here, not a member of a list. */
static bool
contains(const operand *whole, const operand *part)
{
    for (size_t i = 0; i + part->len <= whole->len; i++) {
        if (memcmp(whole->text + i, part->text, part->len) == 0) {
            return true;
        }
    }
    return false;
}

/* Equality and containment; -1 for what makes no sense between strings. */
static int
judge_strings(const operand *left, _PyDistOp op, const operand *right)
{
    bool equal = left->len == right->len
                 && memcmp(left->text, right->text, left->len) == 0;
    switch (op) {
    case _PyDistOp_EQ:
        return equal;
    case _PyDistOp_NE:
        return !equal;
    case _PyDistOp_IN:
        return contains(right, left);
    case _PyDistOp_NOT_IN:
        return !contains(right, left);
    case _PyDistOp_COMPATIBLE:
    case _PyDistOp_IDENTICAL:
        return -1;              /* for versions only */
    default: {
        /* Order makes sense only where the strings happen to be versions:
           platform_release on some systems.  Where they are not, no order
           holds. */
        int r = _PyDistVersion_Compare(left->text, left->len, op,
                                       right->text, right->len);
        return r > 0;
    }
    }
}


/* --- Markers ------------------------------------------------------------ */

typedef struct {
    const char *p, *end;
    int depth;
    bool broken;                /* from then on the answer is -1 */
    const _PyMarkerEnvironment *env;
    const char *extra;
    bool (*seen)(void *ctx, const char *extra);
    void *ctx;
} judge;

/* White space may stand between any two words. */
static void
skip(judge *j)
{
    while (j->p < j->end && _PyDist_IsSpace(*j->p)) {
        j->p++;
    }
}

static inline bool
is_variable_char(char c)
{
    return _PyDist_IsLetter(c) || _PyDist_IsDigit(c) || c == '_' || c == '.';
}

static inline bool
equals(const char *text, size_t len, const char *word)
{
    return strlen(word) == len && memcmp(text, word, len) == 0;
}

/* Take `word` if it comes next; a word in letters must end there. */
static bool
take(judge *j, const char *word)
{
    skip(j);
    size_t n = strlen(word);
    if ((size_t)(j->end - j->p) < n || memcmp(j->p, word, n) != 0) {
        return false;
    }
    const char *after = j->p + n;
    if (_PyDist_IsLetter(word[0]) && after < j->end
        && is_variable_char(*after))
    {
        return false;
    }
    j->p = after;
    return true;
}

/* Text between quotes of either kind. */
static void
read_literal(judge *j, operand *out)
{
    const char *close = memchr(j->p + 1, *j->p, j->end - j->p - 1);
    if (close == NULL) {
        j->broken = true;
        return;
    }
    out->kind = KIND_LITERAL;
    out->text = j->p + 1;
    out->len = close - out->text;
    j->p = close + 1;
    /* An escape would mean another text than the one that stands here. */
    if (memchr(out->text, '\\', out->len) != NULL) {
        j->broken = true;
    }
}

/* The table says what this interpreter is.  A name that is not in it breaks
   the marker: it may be new, or misspelt, and either way nobody here can
   say whether the condition holds. */
static void
read_variable(judge *j, operand *out)
{
    const _PyMarkerEnvironment *e = j->env;
    const struct { const char *name; kind kind; const char *value; }
    table[] = {
        {"extra", KIND_EXTRA, j->extra},
        {"python_version", KIND_VERSION, e->python_version},
        {"python_full_version", KIND_VERSION, e->python_full_version},
        {"implementation_version", KIND_VERSION, e->python_full_version},
        {"sys_platform", KIND_STRING, e->sys_platform},
        {"platform_system", KIND_STRING, e->platform_system},
        {"platform_machine", KIND_STRING, e->platform_machine},
        {"platform_python_implementation", KIND_STRING, "CPython"},
        {"implementation_name", KIND_STRING, "cpython"},
        {"os_name", KIND_STRING, e->os_name},
        {"platform_release", KIND_STRING, e->platform_release},
        {"platform_version", KIND_STRING, e->platform_version},
        /* Older spellings, still met. */
        {"os.name", KIND_STRING, e->os_name},
        {"sys.platform", KIND_STRING, e->sys_platform},
        {"platform.version", KIND_STRING, e->platform_version},
        {"platform.machine", KIND_STRING, e->platform_machine},
        {"platform.python_implementation", KIND_STRING, "CPython"},
        {"python_implementation", KIND_STRING, "CPython"},
    };
    const char *start = j->p;
    while (j->p < j->end && is_variable_char(*j->p)) {
        j->p++;
    }
    for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
        if (equals(start, j->p - start, table[i].name)) {
            out->kind = table[i].kind;
            out->text = table[i].value;
            out->len = strlen(out->text);
            return;
        }
    }
    j->broken = true;
}

/* Something is filled in even if it is broken, so that callers need not
   look before they go on. */
static void
read_operand(judge *j, operand *out)
{
    *out = (operand){KIND_LITERAL, "", 0};
    skip(j);
    if (j->p < j->end && (*j->p == '"' || *j->p == '\'')) {
        read_literal(j, out);
    }
    else {
        read_variable(j, out);
    }
}

static _PyDistOp
read_operator(judge *j)
{
    /* The longer ones first. */
    static const struct { const char *text; _PyDistOp op; } table[] = {
        {"===", _PyDistOp_IDENTICAL}, {"==", _PyDistOp_EQ},
        {"!=", _PyDistOp_NE}, {"<=", _PyDistOp_LE}, {">=", _PyDistOp_GE},
        {"~=", _PyDistOp_COMPATIBLE}, {"<", _PyDistOp_LT},
        {">", _PyDistOp_GT}, {"in", _PyDistOp_IN},
    };
    for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
        if (take(j, table[i].text)) {
            return table[i].op;
        }
    }
    if (take(j, "not") && take(j, "in")) {
        return _PyDistOp_NOT_IN;
    }
    j->broken = true;
    return _PyDistOp_NONE;
}

/* Extras are names: compared in normal form, for equality only. */
static int
judge_extra(judge *j, _PyDistOp op, const operand *literal)
{
    char name[_PyDistribution_MAX_NAME];
    if (op != _PyDistOp_EQ && op != _PyDistOp_NE) {
        return -1;
    }
    if (literal->len == 0) {
        name[0] = '\0';
    }
    else if (!_PyDistribution_Normalise(literal->text, literal->len,
                                        name, sizeof(name)))
    {
        return -1;
    }
    if (name[0] && j->seen != NULL && !j->seen(j->ctx, name)) {
        return -1;
    }
    return (strcmp(name, j->extra) == 0) == (op == _PyDistOp_EQ);
}

/* One variable and one literal, in either order; two of a kind compare
   nothing with nothing. */
static int
judge_comparison(judge *j)
{
    operand left, right;
    read_operand(j, &left);
    _PyDistOp op = read_operator(j);
    read_operand(j, &right);
    if (j->broken
        || (left.kind == KIND_LITERAL) == (right.kind == KIND_LITERAL))
    {
        return -1;
    }
    const operand *variable = left.kind == KIND_LITERAL ? &right : &left;
    if (variable->kind == KIND_EXTRA) {
        return judge_extra(j, op, variable == &left ? &right : &left);
    }
    if (variable->kind != KIND_VERSION || op == _PyDistOp_IN
        || op == _PyDistOp_NOT_IN)
    {
        return judge_strings(&left, op, &right);
    }
    if (op == _PyDistOp_IDENTICAL) {
        return judge_strings(&left, _PyDistOp_EQ, &right);
    }
    return _PyDistVersion_Compare(left.text, left.len, op,
                                  right.text, right.len);
}

static int judge_or(judge *j);

static int
judge_atom(judge *j)
{
    int r;
    if (j->broken) {
        return -1;
    }
    if (take(j, "(")) {
        if (++j->depth > MAX_DEPTH) {
            j->broken = true;
            return -1;
        }
        r = judge_or(j);
        j->depth--;
        j->broken |= !take(j, ")");
    }
    else {
        r = judge_comparison(j);
    }
    j->broken |= r < 0;
    return r;
}

/* `and` binds closer than `or`.  Both sides are read in any case, to find
   out whether they can be judged. */
static int
judge_and(judge *j)
{
    int r = judge_atom(j);
    while (!j->broken && take(j, "and")) {
        r &= judge_atom(j);
    }
    return r;
}

static int
judge_or(judge *j)
{
    int r = judge_and(j);
    while (!j->broken && take(j, "or")) {
        r |= judge_and(j);
    }
    return r;
}

int
_PyMarker_Evaluate(const char *marker, size_t len,
                   const _PyMarkerEnvironment *env, const char *extra,
                   bool (*seen)(void *ctx, const char *extra), void *ctx)
{
    judge j = {
        .p = marker, .end = marker + len, .env = env, .extra = extra,
        .seen = seen, .ctx = ctx,
    };
    int r = judge_or(&j);
    skip(&j);
    return j.broken || j.p != j.end ? -1 : r;
}


/* --- Environment -------------------------------------------------------- */

/* Copy what fits; a value that does not fit matches nothing. */
static void
copy(char *out, size_t size, const char *text, size_t len)
{
    if (len >= size) {
        len = 0;
    }
    memcpy(out, text, len);
    out[len] = '\0';
}

/* What the platform and sys modules would say, without asking them: they may
   not be there yet, and whoever can change them must not decide this. */
void
_PyMarkerEnvironment_Init(_PyMarkerEnvironment *env, const char *full)
{
    memset(env, 0, sizeof(*env));
    /* The plus sign of a build between releases is no part of a version. */
    size_t len = strcspn(full, "+ ");
    copy(env->python_full_version, sizeof(env->python_full_version),
         full, len);
    size_t major = strcspn(full, ".");
    size_t minor = full[major] ? strspn(full + major + 1, "0123456789") : 0;
    copy(env->python_version, sizeof(env->python_version),
         full, major + (full[major] ? 1 + minor : 0));
    struct utsname name;
    if (uname(&name) == 0) {
        copy(env->platform_system, sizeof(env->platform_system),
             name.sysname, strlen(name.sysname));
        copy(env->platform_machine, sizeof(env->platform_machine),
             name.machine, strlen(name.machine));
        copy(env->platform_release, sizeof(env->platform_release),
             name.release, strlen(name.release));
        copy(env->platform_version, sizeof(env->platform_version),
             name.version, strlen(name.version));
    }
    env->os_name = "posix";
#if defined(POLICY_STANDALONE) && defined(__linux__)
    env->sys_platform = "linux";
#elif defined(POLICY_STANDALONE)
    env->sys_platform = "unknown";
#else
    env->sys_platform = Py_GetPlatform();
#endif
}
