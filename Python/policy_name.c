/* Can this be the name of anything, and if not, which name was meant?

   A name that nothing bears is worse than a syntax error: a grant for it
   grants nothing, and a restriction of it restricts nothing, in silence.  So
   the loader refuses what cannot be a module, a dependency or a capability,
   and most of the work here is to guess what the writer had in mind:
   distribution names ("typing-extensions"), requirements ("requests>=2"),
   capabilities with a slip of the finger.

   Whether a module or dependency of that name exists is not known when a
   policy is read; `python -m importpolicy check` looks that up. */

#ifdef POLICY_STANDALONE
/* Good enough for tests: whatever is not ASCII counts as a letter. */
#  define _PyUnicode_IsXidStart(c) ((c) >= 0xAA)
#  define _PyUnicode_IsXidContinue(c) _PyUnicode_IsXidStart(c)
#else
#  include "Python.h"
#  include "pycore_unicodeobject.h"     // _PyUnicode_IsXidStart()
#endif
#include "pycore_policy_name.h"
#include "pycore_policy_text.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>


/* --- What a name looks like --------------------------------------------- */

static bool
is_identifier_character(uint32_t c, bool first)
{
    if (c < 0x80) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
               c == '_' || (!first && c >= '0' && c <= '9');
    }
    /* Variation selectors and the like may stand in an identifier, but a name
       with one would look like another name. */
    return !_PyPolicyText_IsHidden(c) &&
           (first ? _PyUnicode_IsXidStart(c) : _PyUnicode_IsXidContinue(c));
}

#define LETTER _PyPolicyText_LETTER
#define DIGIT _PyPolicyText_DIGIT

/* Identifiers with single dots between them.  What follows the text is in
   none. */
static bool
is_dotted(const char *text, size_t len)
{
    const char *end = text + len;
    bool first = true;
    for (;;) {
        if (_PyPolicyText_IsOf(*text, first ? LETTER : LETTER | DIGIT)) {
            first = false;      /* nearly all characters are such */
            do {
                text++;
            } while (_PyPolicyText_IsOf(*text, LETTER | DIGIT));
        }
        if (text == end) {
            return !first;
        }
        uint32_t c = (unsigned char)*text;
        int n = c < 0x80 ? 1 : _PyPolicyText_Decode(text, end, &c);
        if (c == '.' && !first) {
            first = true;
        }
        else if (n > 0 && is_identifier_character(c, first)) {
            first = false;
        }
        else {
            return false;
        }
        text += n;
    }
}

static bool
ends_with(const char *text, size_t len, const char *suffix)
{
    size_t n = strlen(suffix);
    return len > n && memcmp(text + len - n, suffix, n) == 0;
}

/* An absolute path as the interpreter itself would put it: a dependency is
   compared with it byte by byte, so there is one spelling only. */
static bool
is_path(const char *text)
{
    const char *part = text;
    while (*part == '/') {
        part++;
        size_t n = strcspn(part, "/");
        if (n == 0 || (n == 1 && part[0] == '.') ||
            (n == 2 && part[0] == '.' && part[1] == '.')) {
            return false;
        }
        part += n;
    }
    return *part == '\0' && part > text;
}

/* The name of an audit event: `open`, `socket.connect`, `ctypes.dlsym/handle`,
   `glob.glob/2`.
   Only events without a dot could be mistaken for a capability, and they are
   few, so they are listed. */
static bool
is_event(const char *text)
{
    static const char undotted[][16] = {
        "compile", "exec", "import", "open", "setopencodehook",
    };
    for (size_t i = 0; i < sizeof(undotted) / sizeof(undotted[0]); i++) {
        if (strcmp(text, undotted[i]) == 0) {
            return true;
        }
    }
    const char *dot = strchr(text, '.');
    const char *slash = strchr(text, '/');
    if (dot == NULL || (slash != NULL && slash < dot)) {
        return false;
    }
    if (slash == NULL) {
        return is_dotted(text, strlen(text));
    }
    const char *rest = slash + 1;
    return is_dotted(text, (size_t)(slash - text)) &&
           (is_dotted(rest, strlen(rest)) ||
            (*rest != '\0' && rest[strspn(rest, "0123456789")] == '\0'));
}


/* --- Guessing ----------------------------------------------------------- */

/* An import name out of what pip would take: without spaces around, version
   and extras, with underscores.  false when nothing better comes of it. */
static bool
guess_import_name(const char *text, char *guess, size_t size)
{
    const char *original = text;
    text += strspn(text, " \t");
    size_t n = strcspn(text, " \t=<>!~;@[(,");
    if (n == 0 || n >= size) {
        return false;
    }
    for (size_t i = 0; i < n; i++) {
        guess[i] = text[i] == '-' ? '_' : text[i];
    }
    guess[n] = '\0';
    return is_dotted(guess, n) && strcmp(guess, original) != 0;
}

static const char *const capabilities[] = {
    "net", "read", "write", "run", "env", "ffi", "patch", "sys", "code",
    "introspect", NULL,
};

static bool
is_capability(const char *text)
{
    for (size_t i = 0; capabilities[i] != NULL; i++) {
        if (strcmp(text, capabilities[i]) == 0) {
            return true;
        }
    }
    return false;
}


/* --- Messages ----------------------------------------------------------- */

static int
fail_name(char code[32], char what[_PyPolicyName_MAX_WHAT], const char *text,
          size_t len, const char *thing, const char *write)
{
    char quoted[_PyPolicy_MAX_QUOTED], guess[_PyPolicy_MAX_QUOTED / 2];
    _PyPolicyText_Quote(quoted, sizeof(quoted), text, len);
    snprintf(code, 32, "bad-name");
    if (guess_import_name(text, guess, sizeof(guess))) {
        snprintf(what, _PyPolicyName_MAX_WHAT, "%s is no name of %s; did you "
                 "mean \"%s\"?", quoted, thing, guess);
    }
    else {
        snprintf(what, _PyPolicyName_MAX_WHAT, "%s is no name of %s; write "
                 "%s", quoted, thing, write);
    }
    return -1;
}

static int
fail_reserved(char code[32], char what[_PyPolicyName_MAX_WHAT],
              const char *sentence)
{
    snprintf(code, 32, "reserved-name");
    snprintf(what, _PyPolicyName_MAX_WHAT, "%s", sentence);
    return -1;
}

static int
check_module(const char *text, size_t len, char code[32],
             char what[_PyPolicyName_MAX_WHAT])
{
    if (text[0] == '_' && strcmp(text, "__main__") == 0) {
        return fail_reserved(code, what, "\"__main__\" is the application "
                             "and no module; write it in the list of a "
                             "module");
    }
    if (text[0] == '*' && len == 1) {
        return fail_reserved(code, what, "\"*\" is no module; write the "
                             "name of a module here, and \"*\" as its value");
    }
    if (!is_dotted(text, len)) {
        return fail_name(code, what, text, len, "a module",
                         "it as an import statement does, like \"xml.sax\"");
    }
    /* builtins.NAME speaks of one builtin, which has no parts. */
    if (text[0] == 'b' && strncmp(text, "builtins.", 9) == 0
        && strchr(text + 9, '.'))
    {
        return fail_name(code, what, text, len, "a builtin",
                         "one like \"builtins.open\"");
    }
    return 0;
}

static int
check_principal(const char *text, size_t len, char code[32],
                char what[_PyPolicyName_MAX_WHAT])
{
    if (text[0] == '/') {
        return is_path(text) ? 0 :
            fail_name(code, what, text, len, "a dependency",
                      "a path without \".\", \"..\" and empty parts, and "
                      "without a slash at its end");
    }
    if (is_dotted(text, len) ||
        (ends_with(text, len, ".pth") && strchr(text, '/') == NULL)) {
        return 0;
    }
    return fail_name(code, what, text, len, "a dependency",
                     "the name that import statements use, like \"yaml\", an "
                     "absolute path, or NAME.pth");
}

static int
check_capability(const char *text, size_t len, char code[32],
                 char what[_PyPolicyName_MAX_WHAT])
{
    if (is_capability(text) || is_event(text)) {
        return 0;
    }
    char quoted[_PyPolicy_MAX_QUOTED];
    _PyPolicyText_Quote(quoted, sizeof(quoted), text, len);
    snprintf(code, 32, "unknown-capability");
    const char *meant = _PyPolicyText_Nearest(text, capabilities);
    if (meant != NULL) {
        snprintf(what, _PyPolicyName_MAX_WHAT, "%s is no capability; did you "
                 "mean \"%s\"?", quoted, meant);
    }
    else {
        snprintf(what, _PyPolicyName_MAX_WHAT, "%s is no capability; write "
                 "one of net, read, write, run, env, ffi, patch, sys, code, "
                 "introspect, or the name of an audit event", quoted);
    }
    return -1;
}

int
_PyPolicyName_Check(_PyPolicyNameKind kind, const char *text, size_t len,
                    char code[32], char what[_PyPolicyName_MAX_WHAT])
{
    if (len == 0) {
        snprintf(code, 32, "empty-name");
        snprintf(what, _PyPolicyName_MAX_WHAT, "a name is empty; write it or "
                 "remove the entry");
        return -1;
    }
    if (len > _PyPolicy_MAX_NAME) {
        snprintf(code, 32, "too-long");
        snprintf(what, _PyPolicyName_MAX_WHAT, "a name has more than %d "
                 "bytes; write a shorter one", _PyPolicy_MAX_NAME);
        return -1;
    }
    switch (kind) {
        case _PyPolicyName_MODULE:
            return check_module(text, len, code, what);
        case _PyPolicyName_PRINCIPAL:
            return check_principal(text, len, code, what);
        case _PyPolicyName_CAPABILITY:
            return check_capability(text, len, code, what);
    }
    return -1;
}
