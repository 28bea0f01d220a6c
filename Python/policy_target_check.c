/* Is this text a target of that capability?

   A policy that is read without a word, and means nothing, is worse than none:
   so what nobody can have meant (an assignment for a variable's name, an
   operator behind a package's, a character that does not show) is an error,
   which says what to write.  Paths and hosts are checked where they are
   compiled (policy_target_path_check.c, policy_target_host.c).

   Called by policy_permissions.c, and by all who name capabilities. */

#ifdef POLICY_STANDALONE
#  define Py_NO_INLINE
#else
#  include "Python.h"
#endif
#include "pycore_policy_target.h"
#include "pycore_policy_text.h"

#include <stdio.h>
#include <string.h>

/* --- Capabilities ------------------------------------------------------- */

static const char capabilities[_PyPolicy_N_CAPABILITIES][12] = {
    [_PyPolicy_NET] = "net",
    [_PyPolicy_READ] = "read",
    [_PyPolicy_WRITE] = "write",
    [_PyPolicy_RUN] = "run",
    [_PyPolicy_ENV] = "env",
    [_PyPolicy_FFI] = "ffi",
    [_PyPolicy_PATCH] = "patch",
    [_PyPolicy_SYS] = "sys",
    [_PyPolicy_CODE] = "code",
    [_PyPolicy_INTROSPECT] = "introspect",
};

const char *
_PyPolicyCapability_Name(_PyPolicyCapability capability)
{
    return (unsigned)capability < _PyPolicy_N_CAPABILITIES
           ? capabilities[capability] : NULL;
}

_PyPolicyCapability
_PyPolicyCapability_Named(const char *name, size_t len)
{
    for (int i = 0; i < _PyPolicy_N_CAPABILITIES; i++) {
        const char *capability = capabilities[i];
        if (capability[0] == name[0]
            && len < sizeof(capabilities[i]) && capability[len] == '\0'
            && memcmp(capability, name, len) == 0)
        {
            return (_PyPolicyCapability)i;
        }
    }
    return _PyPolicy_NO_CAPABILITY;
}

/* --- Checking ----------------------------------------------------------- */

static int
fail(char code[32], char what[_PyPolicyName_MAX_WHAT], const char *text,
     size_t len, const char *stable, const char *sentence)
{
    char quoted[_PyPolicy_MAX_QUOTED];
    _PyPolicyText_Quote(quoted, sizeof(quoted), text, len);
    snprintf(code, 32, "%s", stable);
    snprintf(what, _PyPolicyName_MAX_WHAT, "%s %s", quoted, sentence);
    return -1;
}

static bool
has_hidden(const char *text, size_t len)
{
    const char *end = text + len;
    while (text < end) {
        if (_PyPolicyText_IsOf(*text, _PyPolicyText_LETTER)) {
            text++;             /* nearly all */
            continue;
        }
        uint32_t c = (unsigned char)*text;
        int n = c < 0x7F ? 1 : _PyPolicyText_Decode(text, end, &c);
        if (n == 0 || c <= 0x20 || c == 0x7F || _PyPolicyText_IsHidden(c)) {
            return true;
        }
        text += n;
    }
    return false;
}

/* Parts between single dots, none of them empty. */
static bool
is_dotted(const char *text, size_t len)
{
    bool empty = true;
    for (size_t i = 0; i < len; i++) {
        if (text[i] == '.' && empty) {
            return false;
        }
        empty = text[i] == '.';
    }
    return !empty;
}

/* What pip would take, or an operator, is no import name.  A library's name
   (libstdc++.so.6, libgtk-3.so) may look so, and ends in what tells. */
static bool
is_module(_PyPolicyCapability capability, const char *text, size_t len)
{
    if (strcspn(text, "-+=<>~[](){},;:@!'\"\\|&/$%#^`") >= len) {
        return true;
    }
    return capability == _PyPolicy_FFI && memchr(text, '/', len) == NULL &&
           (strstr(text, ".so") != NULL || strstr(text, ".dylib") != NULL ||
            strstr(text, ".dll") != NULL);
}

static int
check_name(_PyPolicyCapability capability, _PyPolicyTargetKind kind,
           const char *text, size_t len, char code[32],
           char what[_PyPolicyName_MAX_WHAT])
{
    const char *write = NULL;
    switch (capability) {
        case _PyPolicy_ENV:
            write = memchr(text, '=', len) == NULL ? NULL :
                "is no environment variable; write its name alone, like "
                "\"AWS_REGION\"";
            break;
        case _PyPolicy_FFI:
        case _PyPolicy_PATCH:
            write = is_dotted(text, len) &&
                    is_module(capability, text, len) ? NULL :
                "is no module; write what an import statement names, like "
                "\"numpy\"";
            break;
        case _PyPolicy_SYS:
            write = is_dotted(text, len) &&
                    memchr(text, '(', len) == NULL ? NULL :
                "is no audit event; write its name, like \"os.kill\"";
            break;
        default:
            break;
    }
    if (write == NULL && kind == _PyPolicyTarget_PATTERN &&
        strcspn(text, "[]{}") < len) {
        write = "has brackets, which mean nothing in a pattern; write the "
                "names one by one, or * or ? in their place";
    }
    return write == NULL ? 0 : fail(code, what, text, len, "bad-target",
                                    write);
}

/* Letters, digits and stars alone are a name, or a pattern of names, and right
   wherever these are meant. */
static bool
is_plain(const char *text, size_t len)
{
    const char *p = text;
    while (_PyPolicyText_IsOf(*p, _PyPolicyText_LETTER | _PyPolicyText_DIGIT)
           || *p == '*')
    {
        p++;
    }
    return p == text + len;
}

static int
fail_length(bool excluded, size_t len, char code[32],
            char what[_PyPolicyName_MAX_WHAT])
{
    snprintf(code, 32, len == 0 ? "empty-name" : "too-long");
    if (len > 0) {
        snprintf(what, _PyPolicyName_MAX_WHAT, "a target has more than %d "
                 "bytes; write a shorter one", _PyPolicy_MAX_NAME);
    }
    else if (excluded) {
        snprintf(what, _PyPolicyName_MAX_WHAT, "\"!\" excludes nothing; "
                 "write the target behind it");
    }
    else {
        snprintf(what, _PyPolicyName_MAX_WHAT, "a target is empty; write it "
                 "or remove the entry");
    }
    return -1;
}

static Py_NO_INLINE int
check_unusual(_PyPolicyCapability capability, const char *text, size_t len,
              char code[32], char what[_PyPolicyName_MAX_WHAT])
{
    _PyPolicyTargetKind kind = _PyPolicyTarget_KindOf(capability, text, len);
    if (kind == _PyPolicyTarget_PATH) {
        return _PyPolicyPath_Check(text, len, code, what);
    }
    if (text[0] == '!') {
        return fail(code, what, text, len, "bad-target", "is excluded "
                    "twice; write one \"!\"");
    }
    if (capability == _PyPolicy_RUN && memchr(text, ' ', len) != NULL) {
        return fail(code, what, text, len, "bad-target", "is no program; "
                    "write its name alone, like \"git\"");
    }
    if (has_hidden(text, len)) {
        return fail(code, what, text, len, "bad-target", "has a space or a "
                    "character that does not show; write it without");
    }
    return check_name(capability, kind, text, len, code, what);
}

int
_PyPolicyTarget_Check(_PyPolicyCapability capability, const char *text,
                      size_t len, char code[32],
                      char what[_PyPolicyName_MAX_WHAT])
{
    bool excluded = text[0] == '!';
    text += excluded;
    len -= excluded;
    if (len == 0 || len > _PyPolicy_MAX_NAME) {
        return fail_length(excluded, len, code, what);
    }
    if (capability == _PyPolicy_NET) {
        return _PyPolicyHost_Check(text, len, code, what);
    }
    if (capability == _PyPolicy_READ || capability == _PyPolicy_WRITE) {
        return _PyPolicyPath_Check(text, len, code, what);
    }
    return is_plain(text, len)
           ? 0 : check_unusual(capability, text, len, code, what);
}
