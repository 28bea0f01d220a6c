/* What would an entry of "$permissions" have to say?

   Something stands in the file as a rule: an entry of another name that was
   meant to be this one, an entry without the capability, or a list without the
   target.  So what is proposed begins with what is there, and what is added to
   it is the target that was refused, and all only where there is none. */

#include "Python.h"
#include "pycore_policy_access.h"
#include "pycore_policy_message.h"
#include "pycore_policy_remedy.h"

#include <string.h>

/* What the file that a person edits says already; others that it extends
   are left alone. */
typedef struct {
    bool any;                   /* is there a "$permissions"? */
    bool entry;                 /* has the principal an entry? */
    const _PyPolicyGrant *grant;    /* and what it says of this */
    const char *meant;          /* the name of an entry that was meant to be
                                   the principal's */
    _PyPolicyMeant how;
} Present;

static void
look_at_entry(const _PyPolicyDenial *denial, const char *principal,
              const _PyPolicyGrant *grant, Present *there)
{
    const _PyPolicyAccess *access = denial->access;
    const char *name = _PyPolicyCapability_Name(access->capability);
    there->any = true;
    if (strcmp(grant->principal, principal) != 0) {
        _PyPolicyMeant how =
            _PyPolicyRemedy_Meant(grant->principal, principal);
        if (how != _PyPolicyMeant_ITSELF) {
            there->meant = grant->principal;
            there->how = how;
        }
        return;
    }
    there->entry = true;
    bool event = strcmp(grant->what, denial->what) == 0;
    if (event || (name != NULL && strcmp(grant->what, name) == 0
                  && there->grant == NULL))
    {
        there->grant = grant;
    }
}

static Present
look(const _PyPolicyDenial *denial, const char *principal)
{
    Present there = {.any = false};
    const _PyPolicy *policy = denial->policy;
    const char *file = _PyPolicy_Filename(policy);
    uint32_t n = _PyPolicy_CountGrants(policy);
    for (uint32_t i = 0; i < n; i++) {
        const _PyPolicyGrant *grant = _PyPolicy_GrantAt(policy, i);
        if (strcmp(grant->filename, file) == 0) {
            look_at_entry(denial, principal, grant, &there);
        }
    }
    return there;
}

/* "example.com:443"; false when the access has no target. */
static bool
add_target(_PyPolicyMessage *text, const _PyPolicyDenial *denial)
{
    _PyPolicyMessage target = {0};
    bool named = _PyPolicyMessage_AddWritten(&target, denial)
                 || _PyPolicyMessage_AddTarget(&target, denial);
    if (named) {
        _PyPolicyMessage_AddQuoted(text, target.data ? target.data : "");
    }
    text->failed |= target.failed;
    _PyPolicyMessage_Clear(&target);
    return named;
}

void
_PyPolicyRemedy_AddTargets(_PyPolicyMessage *text,
                           const _PyPolicyDenial *denial, const char *all)
{
    size_t before = text->n;
    _PyPolicyMessage_Add(text, "[");
    if (add_target(text, denial)) {
        _PyPolicyMessage_Add(text, "]");
        return;
    }
    text->n = before;
    _PyPolicyMessage_Add(text, all);
}

/* "net": ["example.com:443"] */
static void
add_permission(_PyPolicyMessage *text, const _PyPolicyDenial *denial,
               const char *what)
{
    _PyPolicyMessage_AddQuoted(text, what);
    _PyPolicyMessage_Add(text, ": ");
    _PyPolicyRemedy_AddTargets(text, denial, "true");
}

/* rename "PyYAML" in "$permissions" to "yaml" */
static void
add_renaming(_PyPolicyMessage *text, const Present *there,
             const char *principal, _PyPolicyMessage *note)
{
    _PyPolicyMessage_Add(text, "rename ");
    _PyPolicyMessage_AddQuoted(text, there->meant);
    _PyPolicyMessage_Add(text, " in \"$permissions\" to ");
    _PyPolicyMessage_AddQuoted(text, principal);
    bool misspelt = there->how == _PyPolicyMeant_MISSPELT;
    _PyPolicyMessage_Add(note, misspelt ? "; no dependency is called "
                                        : "; no dependency is imported as ");
    _PyPolicyMessage_AddQuoted(note, there->meant);
}

/* What is added to a list does not help where that excludes it. */
static void
note_exclusions(_PyPolicyMessage *note, const _PyPolicyGrant *grant)
{
    for (uint32_t i = 0; i < grant->n_targets; i++) {
        if (grant->targets[i][0] == '!') {
            _PyPolicyMessage_Add(note, "; what ");
            _PyPolicyMessage_AddQuoted(note, grant->targets[i]);
            _PyPolicyMessage_Add(note, " excludes stays excluded");
            return;
        }
    }
}

void
_PyPolicyRemedy_AddGrant(_PyPolicyMessage *text, const _PyPolicyDenial *denial,
                         const char *principal, _PyPolicyMessage *note)
{
    const char *name = _PyPolicyCapability_Name(denial->access->capability);
    const char *what = name != NULL ? name : denial->what;
    Present there = look(denial, principal);
    if (there.meant != NULL && !there.entry) {
        add_renaming(text, &there, principal, note);
        return;
    }
    what = there.grant != NULL ? there.grant->what : what;
    bool listed = there.grant != NULL
                  && there.grant->kind == _PyPolicyGrant_TARGETS;
    _PyPolicyMessage_Add(text, there.grant && !listed ? "write " : "add ");
    if (listed && add_target(text, denial)) {
        _PyPolicyMessage_Add(text, " to the list of ");
        _PyPolicyMessage_AddQuoted(text, what);
        _PyPolicyMessage_Add(text, " of ");
        note_exclusions(note, there.grant);
    }
    else if (there.entry) {
        add_permission(text, denial, what);
        _PyPolicyMessage_Add(text, there.grant ? " in the entry of "
                                               : " to the entry of ");
    }
    if (there.entry) {
        _PyPolicyMessage_AddQuoted(text, principal);
        _PyPolicyMessage_Add(text, " in \"$permissions\"");
        return;
    }
    _PyPolicyMessage_Add(text, there.any ? "" : "\"$permissions\": {");
    _PyPolicyMessage_AddQuoted(text, principal);
    _PyPolicyMessage_Add(text, ": {");
    add_permission(text, denial, what);
    _PyPolicyMessage_Add(text, there.any ? "} to \"$permissions\"" : "}}");
}

/* What the edit would allow beyond what was refused: where no target tells,
   all that the capability gates; and of the environment, which is not refused
   but narrowed, all that is in it. */
void
_PyPolicyRemedy_NoteWide(_PyPolicyMessage *note, const _PyPolicyDenial *denial)
{
    const _PyPolicyAccess *access = denial->access;
    const char *target = access->target.text;
    if (access->capability == _PyPolicy_ENV) {
        if (target != NULL && strcmp(target, "*") == 0) {
            _PyPolicyMessage_Add(note, "; without it, what is granted by name "
                                       "is seen all the same");
            _PyPolicyMessage_Add(note, access->target.looks
                ? ", and a list of such names, or [], ends this message" : "");
        }
    }
    else if (target == NULL && access->target.address_len == 0
             && (access->capability == _PyPolicy_RUN
                 || access->capability == _PyPolicy_NET))
    {
        _PyPolicyMessage_Add(note, access->capability == _PyPolicy_RUN
            ? "; a list of programs in the place of true allows those alone"
            : "; a list of hosts in the place of true allows those alone");
    }
}
