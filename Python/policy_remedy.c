/* Which edit of the policy would allow it?

   The narrowest, and one that its reader understands: whose names it says is
   asked in policy_remedy_names.c.

   A reader who follows the sentence to the letter must end with a policy that
   is one: it says where a name goes, and does not propose a key that stands
   there already.  A name that was meant to be the one that is missing is
   replaced (policy_remedy_meant.c), and that is said.

   Nothing here grants anything, and nothing else follows from what is
   proposed. */

#include "Python.h"
#include "pycore_policy_access.h"
#include "pycore_policy_lock.h"
#include "pycore_policy_message.h"
#include "pycore_policy_remedy.h"
#include "pycore_policy_setup.h"

#include <string.h>

/* Names in a proposed list; beyond that the sentence says what to add. */
#define MAX_LISTED 6

/* --- Module keys --------------------------------------------------------- */

static void
add_listed(_PyPolicyMessage *text, const char *name, bool *first)
{
    if (!*first) {
        _PyPolicyMessage_Add(text, ", ");
    }
    *first = false;
    _PyPolicyMessage_AddQuoted(text, name);
}

/* Was the name meant to be one of those that are added?  Why it is not
   proposed again is noted behind the edit. */
static bool
is_mistaken(const char *name, const _PyPolicyAdditions *added,
            _PyPolicyMessage *note)
{
    for (size_t i = 0; i < added->n; i++) {
        const char *other = added->names[i];
        _PyPolicyMeant meant = _PyPolicyRemedy_Meant(name, other);
        if (meant == _PyPolicyMeant_DISTRIBUTION) {
            _PyPolicyMessage_Add(note, "; ");
            _PyPolicyMessage_AddQuoted(note, name);
            _PyPolicyMessage_Add(note, " is the name of a distribution, "
                                       "which is imported as ");
            _PyPolicyMessage_AddQuoted(note, other);
            return true;
        }
        if (meant == _PyPolicyMeant_MISSPELT) {
            _PyPolicyMessage_Add(note, "; no dependency is called ");
            _PyPolicyMessage_AddQuoted(note, name);
            return true;
        }
    }
    return false;
}

/* "socket": ["requests", "httpx"] */
static void
add_entry(_PyPolicyMessage *text, const _PyPolicyRule *rule,
          const _PyPolicyAdditions *added, _PyPolicyMessage *note)
{
    bool first = true;
    _PyPolicyMessage_AddQuoted(text, rule->key);
    _PyPolicyMessage_Add(text, ": [");
    if (rule->application) {
        add_listed(text, "__main__", &first);
    }
    for (uint32_t i = 0; i < rule->n_names; i++) {
        if (!is_mistaken(rule->names[i], added, note)) {
            add_listed(text, rule->names[i], &first);
        }
    }
    for (size_t i = 0; i < added->n; i++) {
        add_listed(text, added->names[i], &first);
    }
    _PyPolicyMessage_Add(text, "]");
}

static void
add_rule_edit(_PyPolicyMessage *text, const _PyPolicyRule *rule,
              const _PyPolicyAdditions *added, _PyPolicyMessage *note)
{
    if (rule->n_names + added->n <= MAX_LISTED && !added->more) {
        _PyPolicyMessage_Add(text, "write ");
        add_entry(text, rule, added, note);
        return;
    }
    bool first = true;
    _PyPolicyMessage_Add(text, "add ");
    for (size_t i = 0; i < added->n; i++) {
        add_listed(text, added->names[i], &first);
    }
    if (added->more) {
        _PyPolicyMessage_Add(text, " and others");
    }
    _PyPolicyMessage_Add(text, " to the list of ");
    _PyPolicyMessage_AddQuoted(text, rule->key);
}

/* --- All of it ----------------------------------------------------------- */

/* add "$hosts": ["celery"] */
static void
add_directive(_PyPolicyMessage *text, const char *directive,
              const char *const *there, uint32_t n,
              const _PyPolicyAdditions *added)
{
    bool first = true;
    _PyPolicyMessage_Add(text, n > 0 ? "write " : "add ");
    _PyPolicyMessage_AddQuoted(text, directive);
    _PyPolicyMessage_Add(text, ": [");
    for (uint32_t i = 0; i < n; i++) {
        add_listed(text, there[i], &first);
    }
    for (size_t i = 0; i < added->n; i++) {
        add_listed(text, added->names[i], &first);
    }
    _PyPolicyMessage_Add(text, "]");
}

/* Whose code it is comes before what it may do. */
static bool
add_loader(_PyPolicyMessage *text, const _PyPolicyDenial *denial)
{
    PyObject *file;
    _PyPolicyAdditions added = {.n = 0};
    const char *const *loaders;
    const char *loader = _PyPolicyRemedy_Loader(denial, &file);
    if (loader == NULL) {
        return false;
    }
    _PyPolicyAdditions_Add(&added, loader);
    uint32_t n = _PyPolicy_Loaders(denial->policy, &loaders);
    _PyPolicyMessage_Add(text, "to allow it, ");
    add_directive(text, "$loaders", loaders, n, &added);
    _PyPolicyMessage_Add(text, ", for it makes the code of ");
    _PyPolicyMessage name = {0};
    _PyPolicyMessage_AddString(&name, file);
    _PyPolicyMessage_AddShown(text, name.data ? name.data : "");
    text->failed |= name.failed;
    _PyPolicyMessage_Clear(&name);
    return true;
}

static void
add_grants(_PyPolicyMessage *text, const _PyPolicyDenial *denial,
           _PyPolicyMessage *note)
{
    _PyPolicyAdditions added = {.n = 0}, hosts = {.n = 0};
    bool access = denial->kind == _PyPolicy_ACCESS;
    _PyPolicyRemedy_FindNames(denial, &added, &hosts);
    if (added.n + hosts.n > 0) {
        if (!access && denial->rule->n_names == 0
            && !denial->rule->application)
        {
            _PyPolicyMessage_AddQuoted(text, denial->rule->key);
            _PyPolicyMessage_Add(text, ": [] allows it to nobody; ");
        }
        _PyPolicyMessage_Add(text, "to allow it, ");
    }
    for (size_t i = 0; access && i < added.n; i++) {
        _PyPolicyMessage_Add(text, i > 0 ? " and " : "");
        _PyPolicyRemedy_AddGrant(text, denial, added.names[i], note);
    }
    if (access && added.n > 0) {
        _PyPolicyRemedy_NoteWide(note, denial);
    }
    if (!access && added.n > 0) {
        add_rule_edit(text, denial->rule, &added, note);
    }
    if (hosts.n > 0) {
        const char *const *there;
        uint32_t n = _PyPolicy_Hosts(denial->policy, &there);
        _PyPolicyMessage_Add(text, added.n > 0 ? " and " : "");
        add_directive(text, "$hosts", there, n, &hosts);
        _PyPolicyMessage_Add(note, "; who stands there is passed over when "
                                   "it calls others");
    }
}

static bool
add_why(_PyPolicyMessage *text, const _PyPolicyDenial *denial,
        const char *principal)
{
    char why[512];
    if (_PyPolicySetup_Trusts(denial->policy, principal)
        || !_PyPolicyLock_Why(principal, why, sizeof(why)))
    {
        return false;
    }
    _PyPolicyMessage_Add(text, why);
    return true;
}

static bool
is_granted(const _PyPolicyDenial *denial, const char *principal)
{
    return denial->rule != NULL
           ? _PyPolicy_RuleNames(denial->rule, principal)
           : _PyPolicyRemedy_HasEntry(denial, principal);
}

/* Whoever is not what was locked is not to be granted more, but looked at.
   So is one who would have passed a grant down. */
static bool
add_lock(_PyPolicyMessage *text, const _PyPolicyDenial *denial)
{
    if (!_PyPolicyLock_InForce || add_why(text, denial, denial->principal)) {
        return _PyPolicyLock_InForce;
    }
    for (size_t i = 0; i < denial->n_steps; i++) {
        const uint32_t *members;
        size_t n = _PyPolicyStep_IsDependency(&denial->steps[i])
            ? _PyPrincipal_Members(denial->steps[i].set, &members) : 0;
        for (size_t k = 0; k < n; k++) {
            const char *name = _PyPrincipal_Name(members[k]);
            if (is_granted(denial, name) && add_why(text, denial, name)) {
                return true;
            }
        }
    }
    return false;
}

/* A program took it away: say where that is, and what it would have to say
   there instead, `write=["$APP/x"]`. */
static void
add_taken(_PyPolicyMessage *text, const _PyPolicyDenial *denial)
{
    if (strcmp(denial->taken, "drop") == 0) {
        _PyPolicyMessage_Add(text, "importpolicy.drop() there took it away "
                                   "for the rest of the process");
        return;
    }
    _PyPolicyMessage_Add(text, "importpolicy.permit() there narrows what is "
                               "done inside of its block");
    const char *name = denial->kind == _PyPolicy_ACCESS
        ? _PyPolicyCapability_Name(denial->access->capability) : NULL;
    if (name != NULL) {
        _PyPolicyMessage_Add(text, "; to allow it, say ");
        _PyPolicyMessage_Add(text, name);
        _PyPolicyMessage_Add(text, "=");
        _PyPolicyRemedy_AddTargets(text, denial, "True");
        _PyPolicyMessage_Add(text, " there");
    }
}

void
_PyPolicyRemedy_Add(_PyPolicyMessage *text, const _PyPolicyDenial *denial)
{
    if (_PyPolicyDenial_IsUnknown(denial)) {
        _PyPolicyMessage_Add(text, "no entry allows it, since nobody can say "
                                   "whom this is for");
        return;
    }
    if (denial->taken != NULL) {
        add_taken(text, denial);
        return;
    }
    if (add_lock(text, denial)) {
        return;
    }
    if (denial->kind == _PyPolicy_ACCESS && denial->access->never) {
        _PyPolicyMessage_Add(text, "no entry allows it: what the policies are "
                                   "read from is not for dependencies to "
                                   "write");
        return;
    }
    if (add_loader(text, denial)) {
        return;
    }
    _PyPolicyMessage note = {0};
    add_grants(text, denial, &note);
    if (note.data != NULL) {
        _PyPolicyMessage_AddBytes(text, note.data, note.n);
    }
    text->failed |= note.failed;
    _PyPolicyMessage_Clear(&note);
}
