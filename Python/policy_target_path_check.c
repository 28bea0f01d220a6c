/* Is this text a path target, and if not, what should be written?

   What is refused is what means something else elsewhere (classes,
   alternatives, "~", relative paths): somebody who means one and gets the
   other has a list that holds, or excludes, nothing.  So each refusal says
   what to write instead.

   Called by policy_target.c; pure, and compiled alone for tests. */

#ifdef POLICY_STANDALONE
#  define Py_NO_INLINE
#else
#  include "Python.h"
#endif
#include "pycore_policy_target_path.h"
#include "pycore_policy_text.h"

#include <stdio.h>
#include <string.h>

/* --- Places ------------------------------------------------------------- */

static const char *const PLACES[] = {
    "$APP", "$HOME", "$PKG", "$PREFIX", "$TMP", NULL,
};

const char *
_PyPolicyPath_PlaceOf(const char *text, size_t *len)
{
    *len = strcspn(text, "/");
    for (size_t i = 0; PLACES[i] != NULL; i++) {
        if (strlen(PLACES[i]) == *len && memcmp(PLACES[i], text, *len) == 0) {
            return PLACES[i];
        }
    }
    return NULL;
}

/* --- Check -------------------------------------------------------------- */

static int
fail(char code[32], char what[_PyPolicyName_MAX_WHAT], const char *text,
     size_t len, const char *reason)
{
    char quoted[_PyPolicy_MAX_QUOTED];
    _PyPolicyText_Quote(quoted, sizeof(quoted), text, len);
    snprintf(code, 32, "bad-path");
    snprintf(what, _PyPolicyName_MAX_WHAT, "%s %s", quoted, reason);
    return -1;
}

/* Which place may have been meant?  NULL: none. */
static const char *
nearest_place(const char *text)
{
    const char *const WORDS[] = {
        "$app", "$home", "$pkg", "$prefix", "$tmp", "$temp", "$tmpdir",
        "$package", NULL
    };
    const char *const MEANT[] = {
        "$APP", "$HOME", "$PKG", "$PREFIX", "$TMP", "$TMP", "$TMP", "$PKG",
    };
    char word[16];
    size_t n = strcspn(text, "/"), i = 0;
    snprintf(word, sizeof(word), "%.*s", n < 15 ? (int)n : 15, text);
    const char *nearest = _PyPolicyText_Nearest(word, WORDS);
    if (nearest == NULL) {
        return NULL;
    }
    while (strcmp(WORDS[i], nearest) != 0) {
        i++;
    }
    return MEANT[i];
}

static int
fail_place(char code[32], char what[_PyPolicyName_MAX_WHAT], const char *text,
           size_t len)
{
    char reason[128];
    const char *meant = nearest_place(text);
    if (meant != NULL) {
        snprintf(reason, sizeof(reason),
                 "begins with no known place; did you mean \"%s\"?", meant);
    }
    else {
        snprintf(reason, sizeof(reason), "begins with no known place; write "
                 "$APP, $PKG, $TMP, $HOME, $PREFIX or an absolute path");
    }
    return fail(code, what, text, len, reason);
}

/* As a rule it is what lies beside the program. */
static int
fail_relative(char code[32], char what[_PyPolicyName_MAX_WHAT],
              const char *text, size_t len)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyz0123456789"
                                "ABCDEFGHIJKLMNOPQRSTUVWXYZ._-/*?";
    char reason[160];
    const char *bare = text[0] == '.' && text[1] == '/' ? text + 2 : text;
    size_t n = strspn(bare, plain);
    if (n != strlen(bare) || n == 0 || n > 60) {
        return fail(code, what, text, len, "is not an absolute path; begin it "
                    "with \"/\", or with \"$APP/\" for what lies beside the "
                    "program");
    }
    snprintf(reason, sizeof(reason), "is not an absolute path; write "
             "\"$APP/%s\" for what lies beside the program, or begin it with "
             "\"/\"", bare);
    return fail(code, what, text, len, reason);
}

/* Why that component cannot be one; NULL when it can. */
static const char *
wrong_component(const char *part, size_t len)
{
    if (len == 0) {
        return "has an empty component; write one slash";
    }
    if ((len == 1 && part[0] == '.')
        || (len == 2 && part[0] == '.' && part[1] == '.'))
    {
        return "contains \".\" or \"..\"; write the path that it leads to";
    }
    if (memchr(part, '[', len) != NULL) {
        return "contains \"[\"; there are no classes of characters, write "
               "\"?\" for any one character";
    }
    if (memchr(part, '\\', len) != NULL) {
        return "contains a backslash; write \"/\" between directories, and "
               "\"?\" for any one character";
    }
    if (memchr(part, '{', len) != NULL && memchr(part, ',', len) != NULL) {
        return "contains alternatives; write a target for each, and \"?\" "
               "for a brace";
    }
    size_t n;
    if (part[0] == '$' && _PyPolicyPath_PlaceOf(part, &n) != NULL) {
        return "contains a place that is not at the beginning; write it "
               "first, or leave it out";
    }
    return NULL;
}

/* The usual path: components of letters, digits and a few others, behind one
   slash each. */
static bool
is_plain(const char *text, size_t len)
{
    const char *p = text, *end = text + len, *begin = p + 1;
    if (*p != '/' || len == 1) {
        return false;
    }
    for (;;) {
        do {
            p++;
        } while (_PyPolicyText_IsOf(*p, _PyPolicyText_LETTER
                                        | _PyPolicyText_DIGIT
                                        | _PyPolicyText_DASH));
        if ((*p != '/' && *p != '.') || p == begin) {
            return p == end && p > begin;
        }
        if (*p == '/') {
            begin = p + 1;
        }
    }
}

/* Where the components begin: at the first "/", or at the end. */
static int
check_beginning(const char *text, size_t len, char code[32],
                char what[_PyPolicyName_MAX_WHAT], size_t *begin)
{
    *begin = 0;
    if (text[0] == '/') {
        return 0;
    }
    if (text[0] == '$') {
        return _PyPolicyPath_PlaceOf(text, begin) != NULL
            ? 0 : fail_place(code, what, text, len);
    }
    if (text[0] == '~') {
        return fail(code, what, text, len, "is not expanded; write \"$HOME\" "
                    "for the home directory");
    }
    return fail_relative(code, what, text, len);
}

static Py_NO_INLINE int
check_unusual(const char *text, size_t len, char code[32],
              char what[_PyPolicyName_MAX_WHAT])
{
    size_t begin;
    if (len == 0) {
        return fail(code, what, text, len, "is empty; write a path or remove "
                    "it");
    }
    if (len > _PyPolicy_MAX_NAME || memchr(text, '\0', len) != NULL) {
        return fail(code, what, text, len, "is longer than a path can be; "
                    "write a directory above it");
    }
    if (check_beginning(text, len, code, what, &begin) < 0) {
        return -1;
    }
    const char *end = text + len;
    if (len > 1 && end[-1] == '/') {
        end--;                  /* one slash at the end changes nothing */
    }
    for (const char *part = text + begin; part < end && end - text > 1; ) {
        part++;
        const char *slash = memchr(part, '/', (size_t)(end - part));
        size_t n = (size_t)((slash != NULL ? slash : end) - part);
        const char *wrong = wrong_component(part, n);
        if (wrong != NULL) {
            return fail(code, what, text, len, wrong);
        }
        part += n;
    }
    return 0;
}

int
_PyPolicyPath_Check(const char *text, size_t len, char code[32],
                    char what[_PyPolicyName_MAX_WHAT])
{
    return len <= _PyPolicy_MAX_NAME && is_plain(text, len)
           ? 0 : check_unusual(text, len, code, what);
}
