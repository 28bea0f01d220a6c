/* Would it be allowed?

   The question of the judgement, asked without an access: one principal, by
   name, and what it would do.  The answer comes from the same functions, so
   it cannot differ from them; only what the target of an operation is has to
   be made of a text here, where otherwise the operation knows it.

   A path is resolved as it would be when it is opened, a program found as
   exec would find it, and an address has the names that have given it in this
   process so far.  So an answer holds for now.

   Without a target, a list of targets means that it depends.

   Called by _importpolicy. */

#include "Python.h"
#include "pycore_policy_environ.h"
#include "pycore_policy_events.h"
#include "pycore_policy_file.h"
#include "pycore_policy_gate.h"
#include "pycore_policy_net.h"
#include "pycore_policy_query.h"
#include "pycore_policy_rule.h"
#include "pycore_policy_run.h"
#include "pycore_policy_setup.h"
#include "pycore_policy_target_host.h"
#include "pycore_policy_verdict.h"

#include <fcntl.h>                // AT_FDCWD
#include <stdio.h>
#include <string.h>

typedef _PyPolicyQueryResult Result;

/* A target, and all that it needs to be one. */
typedef struct {
    _PyPolicyTarget target;
    PyObject *bytes;            /* the text that was given */
    _PyPolicyFilePath path;
    _PyPolicyHost host;
    _PyPolicyNetNames names;
    const char **programs;
    char text[PATH_MAX + 8];
} Target;


/* --- Targets ------------------------------------------------------------- */

static void
clear_target(Target *t)
{
    Py_XDECREF(t->bytes);
    _PyPolicyNet_Release(&t->names);
    PyMem_RawFree(t->programs);
}

static int
set_text(Target *t, const char *text)
{
    t->target.text = text;
    t->target.len = strlen(text);
    return 0;
}

static int
set_path(Target *t, const char *text)
{
    _PyPolicyFile_Resolve(AT_FDCWD, text, true, &t->path);
    return set_text(t, t->path.text);
}

/* "unix:" and the resolved path, or an abstract name as it is. */
static int
set_socket(Target *t)
{
    const char *name = t->host.name;
    if (t->host.kind == _PyPolicyHost_UNIX_PATH) {
        _PyPolicyFile_Resolve(AT_FDCWD, name, true, &t->path);
        name = t->path.text;
    }
    int n = snprintf(t->text, sizeof(t->text), "unix:%s%.*s",
                     t->host.kind == _PyPolicyHost_UNIX_NAME ? "@" : "",
                     t->host.kind == _PyPolicyHost_UNIX_NAME
                         ? (int)t->host.len : PATH_MAX, name);
    t->target.text = t->text;
    t->target.len = (size_t)n;
    return 0;
}

static int
set_address(Target *t)
{
    const _PyPolicyHost *host = &t->host;
    t->target.address_len = (uint8_t)host->address_len;
    memcpy(t->target.address, host->address, (size_t)host->address_len);
    if (_PyPolicyNet_Recall(host->address, host->address_len,
                            &t->names) < 0) {
        PyErr_NoMemory();
        return -1;
    }
    t->target.names = t->names.names;
    t->target.n_names = t->names.n;
    return 0;
}

/* A host is written as in a policy, where that is one host. */
static int
set_host(Target *t, const char *text)
{
    char code[32], what[_PyPolicyName_MAX_WHAT];
    _PyPolicyHost *host = &t->host;
    if (_PyPolicyHost_Read(text, strlen(text), host, code, what) < 0) {
        PyErr_SetString(PyExc_ValueError, what);
        return -1;
    }
    t->target.port = host->low == host->high ? host->low : -1;
    switch (host->kind) {
        case _PyPolicyHost_NAME:
            t->target.text = host->name;
            t->target.len = host->len;
            return 0;
        case _PyPolicyHost_UNIX_PATH:
        case _PyPolicyHost_UNIX_NAME:
            return set_socket(t);
        case _PyPolicyHost_NETWORK:
            if (host->bits == host->address_len * 8) {
                return set_address(t);
            }
            break;
        default:
            break;
    }
    PyErr_Format(PyExc_ValueError, "%s is more than one host", text);
    return -1;
}

static int
set_program(Target *t, const char *text)
{
    if (_PyPolicyRun_Find(text, t->text, &t->programs, &t->target) < 0) {
        PyErr_NoMemory();
        return -1;
    }
    return 0;
}

/* `text` is what was given, as bytes. */
static int
set_target(Target *t, _PyPolicyCapability capability, const char *text)
{
    switch (capability) {
        case _PyPolicy_NET:
            return set_host(t, text);
        case _PyPolicy_READ:
        case _PyPolicy_WRITE:
            return set_path(t, text);
        case _PyPolicy_RUN:
            return set_program(t, text);
        case _PyPolicy_FFI:
            return strchr(text, '/') != NULL ? set_path(t, text)
                                             : set_text(t, text);
        case _PyPolicy_CODE:
        case _PyPolicy_INTROSPECT:
            PyErr_Format(PyExc_ValueError, "%s has no targets",
                         _PyPolicyCapability_Name(capability));
            return -1;
        default:
            return set_text(t, text);
    }
}


/* --- One policy after another -------------------------------------------- */

static void
note(Result *r, _PyPolicyAnswer answer, const char *file, int line,
     const char *key, const char *ancestor)
{
    /* Something that it depends on is told rather than what allows. */
    if (r->answer == _PyPolicyPermission_DEPENDS
        && answer == _PyPolicyPermission_YES)
    {
        return;
    }
    r->answer = answer;
    r->file = file;
    r->line = line;
    r->key = key;
    r->ancestor = ancestor;
}

static void
ask_rule(Result *r, size_t number, const _PyPolicy *policy,
         const _PyPolicyRule *rule, const char *event, const char *principal)
{
    _PyPolicyQuestion q = {.number = number, .policy = policy, .rule = rule,
                           .module = event};
    const char *why = rule->everyone
        ? "" : _PyPolicyVerdict_CoveredBy(&q, principal);
    note(r, why ? _PyPolicyPermission_YES : _PyPolicyPermission_NO,
         rule->filename, rule->line, rule->key, why ? why : "");
}

static void
ask_grants(Result *r, const _PyPolicy *policy, const _PyPolicyAccess *access,
           const _PyPolicyTarget *target, const char *principal)
{
    const _PyPolicyGrant *grant = NULL;
    const char *ancestor = "";
    _PyPolicyAnswer answer = _PyPolicyPermission_Ask(
        policy, principal, access->capability, access->event, target, &grant,
        &ancestor);
    if (answer == _PyPolicyPermission_YES && grant == NULL) {
        return;                 /* free: nothing speaks of it */
    }
    note(r, answer, grant ? grant->filename : _PyPolicy_Filename(policy),
         grant ? grant->line : 0, grant ? grant->principal : "$default",
         ancestor);
}

/* `target` NULL: not given. */
static void
ask_all(Result *r, const _PyPolicyAccess *access,
        const _PyPolicyTarget *target, const char *principal)
{
    const _PyPolicy *const *policies;
    size_t n = _PyPolicySetup_Policies(&policies);
    for (size_t i = 0; i < n && r->answer != _PyPolicyPermission_NO; i++) {
        const _PyPolicyRule *rule = access->event == NULL
            ? NULL : _PyPolicyRule_OfEvent(policies[i], access->event);
        if (rule != NULL) {
            ask_rule(r, i, policies[i], rule, access->event, principal);
        }
        if (r->answer != _PyPolicyPermission_NO
            && _PyPolicyPermission_Speaks(policies[i], access->capability,
                                          access->event))
        {
            ask_grants(r, policies[i], access, target, principal);
        }
    }
}


/* --- What is asked ------------------------------------------------------- */

static int
ask_module(Result *r, const char *principal, const char *module)
{
    const _PyPolicy *policy;
    const _PyPolicyRule *rule;
    const char *why;
    int allowed = _PyPolicyGate_Query(principal, module, &policy, &rule,
                                      &why);
    if (allowed < 0) {
        return -1;
    }
    r->kind = _PyPolicyQuery_MODULE;
    if (rule != NULL) {
        note(r, allowed ? _PyPolicyPermission_YES : _PyPolicyPermission_NO,
             rule->filename, rule->line, rule->key, why ? why : "");
    }
    return 0;
}

/* A key "builtins" is about importing that module. */
static int
ask_builtin(Result *r, const char *principal, const char *name)
{
    const _PyPolicy *const *policies;
    size_t n = _PyPolicySetup_Policies(&policies), len = strlen(name);
    r->kind = _PyPolicyQuery_BUILTIN;
    for (size_t i = 0; i < n && r->answer != _PyPolicyPermission_NO; i++) {
        const _PyPolicyRule *rule = _PyPolicy_FindRule(policies[i], name, len);
        if (rule != NULL && rule->key_len == len) {
            ask_rule(r, i, policies[i], rule, NULL, principal);
        }
    }
    return 0;
}

/* What is decided before anybody is asked. */
static bool
is_fixed(Result *r, const _PyPolicyAccess *access,
         const _PyPolicyTarget *target, const char *principal)
{
    const char *text = target->text;
    if (text == NULL) {
        return false;
    }
    switch (access->capability) {
        case _PyPolicy_READ:
            r->fixed = _PyPolicyFile_IsPublic(text, target->len)
                       || (strcmp(principal, "__main__") == 0
                           && _PyPolicyFile_IsSource(text, target->len))
                       || (target->looks
                           && _PyPolicyFile_IsAbovePublic(text, target->len));
            break;
        case _PyPolicy_WRITE:
            r->fixed = _PyPolicyFile_IsNull(text, target->len);
            if (_PyPolicyFile_IsProtected(text, target->len, false)
                && strcmp(principal, "__main__") != 0)
            {
                r->answer = _PyPolicyPermission_NO;
                r->fixed = true;
            }
            break;
        case _PyPolicy_ENV:
            r->fixed = _PyPolicyEnviron_IsPublic(text);
            break;
        default:
            break;
    }
    return r->fixed;
}

static int
ask_access(Result *r, const char *principal, const _PyPolicyAccess *access,
           bool no_target, PyObject *given)
{
    Target t = {.target.port = -1};
    const _PyPolicyTarget *target = no_target ? &t.target : NULL;
    int result = -1;
    if (given != NULL) {
        target = &t.target;
        if (!PyUnicode_FSConverter(given, &t.bytes)
            || set_target(&t, access->capability,
                          PyBytes_AS_STRING(t.bytes)) < 0)
        {
            goto done;
        }
        t.target.looks = access->event != NULL
                         && _PyPolicyFile_Looks(access->event);
    }
    else if (access->event != NULL
             && access->capability == _PyPolicy_SYS) {
        target = &t.target;
        set_text(&t, access->event);
    }
    if (target == NULL || !is_fixed(r, access, target, principal)) {
        ask_all(r, access, target, principal);
    }
    result = 0;
done:
    clear_target(&t);
    return result;
}

static int
ask_event(Result *r, const char *principal, const _PyPolicyEvent *row,
          PyObject *target)
{
    _PyPolicyAccess access = {.capability = row->capability,
                              .event = row->name};
    r->kind = _PyPolicyQuery_EVENT;
    return ask_access(r, principal, &access,
                      row->target == _PyPolicyEvent_NONE, target);
}

/* The name of a target of `sys` is an event, which may have an entry. */
static int
ask_capability(Result *r, const char *principal,
               _PyPolicyCapability capability, PyObject *target)
{
    _PyPolicyAccess access = {.capability = capability};
    const char *name = capability == _PyPolicy_SYS && target != NULL
                       && PyUnicode_Check(target)
                       ? PyUnicode_AsUTF8(target) : NULL;
    if (PyErr_Occurred()) {
        return -1;
    }
    if (name != NULL) {
        const _PyPolicyEvent *row = _PyPolicyEvents_Find(name);
        access.event = row != NULL ? row->name : NULL;
    }
    r->kind = _PyPolicyQuery_CAPABILITY;
    return ask_access(r, principal, &access,
                      capability == _PyPolicy_CODE
                      || capability == _PyPolicy_INTROSPECT, target);
}

int
_PyPolicyQuery_Ask(const char *principal, const char *what, PyObject *target,
                   Result *result)
{
    *result = (Result){.answer = _PyPolicyPermission_YES, .ancestor = ""};
    _PyPolicyCapability capability =
        _PyPolicyCapability_Named(what, strlen(what));
    if (capability != _PyPolicy_NO_CAPABILITY) {
        return ask_capability(result, principal, capability, target);
    }
    if (strcmp(what, "import") == 0 && target != NULL) {
        const char *module = PyUnicode_Check(target)
                             ? PyUnicode_AsUTF8(target) : NULL;
        if (module == NULL && !PyErr_Occurred()) {
            PyErr_SetString(PyExc_ValueError, "a module's name is a str");
        }
        return module == NULL ? -1 : ask_module(result, principal, module);
    }
    const _PyPolicyEvent *row = _PyPolicyEvents_Find(what);
    if (row != NULL) {
        return ask_event(result, principal, row, target);
    }
    if (target != NULL) {
        PyErr_Format(PyExc_ValueError, "%s is neither a capability nor an "
                     "audit event, and has no targets", what);
        return -1;
    }
    return strncmp(what, "builtins.", 9) == 0
           ? ask_builtin(result, principal, what)
           : ask_module(result, principal, what);
}
