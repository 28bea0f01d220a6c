/* Which key of a policy speaks of a module, or of an audit event?

   A key covers the module, its submodules and what implements it, so that
   `socket` cannot be had as `_socket`.  Most implementations are called like
   their module with an underscore before; policy_implements.inc lists the
   others.  A key that names the implementation itself comes first.

   An event belongs to the module that its name begins with. */

#include "Python.h"
#include "pycore_policy_rule.h"
#include "pycore_principal.h"     // _PyPrincipal_IsStdlibName()

#include <string.h>

/* What is implemented under another name than `_NAME`. */
static const struct { char implementation[28], module[20]; } IMPLEMENTS[] = {
#include "policy_implements.inc"
};

/* With which the names in that column begin. */
#define FIRST_LETTERS "_gnp"

/* The public module that `name` implements, or NULL. */
static const char *
implemented_by(const char *name, size_t len)
{
    if (strchr(FIRST_LETTERS, name[0]) == NULL) {
        return NULL;        /* the usual case, and it has to be quick */
    }
    for (size_t i = 0; i < Py_ARRAY_LENGTH(IMPLEMENTS); i++) {
        const char *implementation = IMPLEMENTS[i].implementation;
        if (implementation[1] == name[1]
            && strncmp(implementation, name, len) == 0
            && implementation[len] == '\0')
        {
            return IMPLEMENTS[i].module;
        }
    }
    if (len > 1 && name[0] == '_' && _PyPrincipal_IsStdlibName(name, len)
        && _PyPrincipal_IsStdlibName(name + 1, len - 1))
    {
        return name + 1;
    }
    return NULL;
}

const _PyPolicyRule *
_PyPolicyRule_OfModule(const _PyPolicy *policy, const char *name,
                       size_t len)
{
    const _PyPolicyRule *rule = _PyPolicy_FindRule(policy, name, len);
    if (rule != NULL) {
        return rule;
    }
    size_t top = 0;
    while (top < len && name[top] != '.') {
        top++;
    }
    const char *module = implemented_by(name, top);
    if (module == NULL) {
        return NULL;
    }
    /* implemented_by() may answer with the rest of `name` itself. */
    size_t n = module == name + 1 ? top - 1 : strlen(module);
    return _PyPolicy_FindRule(policy, module, n);
}

const _PyPolicyRule *
_PyPolicyRule_OfImport(const _PyPolicy *policy, const char *name, size_t len,
                       bool whole)
{
    const _PyPolicyRule *rule = _PyPolicyRule_OfModule(policy, name, len);
    return rule == NULL && whole ? _PyPolicy_OtherRule(policy, name, len)
                                 : rule;
}

/* A key may name an implementation alone (`_socket`), whose events are called
   after the public module. */
static const _PyPolicyRule *
rule_of_implementation(const _PyPolicy *policy, const char *module,
                       size_t len)
{
    char name[64];
    const _PyPolicyRule *rule = NULL;
    if (len < sizeof(name) - 1 && memchr(module, '.', len) == NULL) {
        name[0] = '_';
        memcpy(name + 1, module, len);
        rule = _PyPolicy_FindRule(policy, name, len + 1);
    }
    if (rule != NULL) {
        return rule;
    }
    const char first = module[0];
    for (size_t i = 0; i < Py_ARRAY_LENGTH(IMPLEMENTS); i++) {
        if (IMPLEMENTS[i].module[0] == first
            && strncmp(IMPLEMENTS[i].module, module, len) == 0
            && IMPLEMENTS[i].module[len] == '\0')
        {
            const char *implementation = IMPLEMENTS[i].implementation;
            rule = _PyPolicy_FindRule(policy, implementation,
                                      strlen(implementation));
            if (rule != NULL) {
                return rule;
            }
        }
    }
    return NULL;
}

const _PyPolicyRule *
_PyPolicyRule_OfEvent(const _PyPolicy *policy, const char *event)
{
    /* Events whose first part is a type and not a module. */
    if (strncmp(event, "code.", 5) == 0
        || strncmp(event, "function.", 9) == 0
        || strncmp(event, "object.", 7) == 0)
    {
        return NULL;
    }
    if (strcmp(event, "urllib.Request") == 0) {
        return _PyPolicyRule_OfModule(policy, "urllib.request", 14);
    }
    const char *dot = strrchr(event, '.');
    if (dot == NULL) {
        return NULL;
    }
    const _PyPolicyRule *rule = _PyPolicyRule_OfModule(policy, event,
                                                       dot - event);
    return rule ? rule : rule_of_implementation(policy, event, dot - event);
}
