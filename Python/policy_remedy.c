/* Which edit of the policy would allow it?

   The narrowest, and one that its reader understands.  Granting exactly the
   dependency that was refused is narrow, but as a rule nobody has heard of
   it: it came with something else.  So the chain is searched from its outer
   end, where the application is, for a dependency whose grant covers the
   refused one: "requests" rather than "urllib3".  Everybody who acts must be
   covered in the end, so one edit may add several names.

   A reader who follows the sentence to the letter must end with a policy that
   is one: it says where a name goes, and does not propose a key that stands
   there already.  A name that was meant to be the one that is missing is
   replaced (policy_remedy_meant.c), and that is said.

   Whether one name covers another is the gate's knowledge (distributions,
   "$packages"); it comes with the record as a function.  Nothing here grants
   anything, and nothing else follows from what is proposed. */

#include "Python.h"
#include "pycore_policy_access.h"
#include "pycore_policy_lock.h"
#include "pycore_policy_message.h"
#include "pycore_policy_permission.h"
#include "pycore_policy_remedy.h"
#include "pycore_policy_setup.h"

#include <string.h>

/* Names in a proposed list; beyond that the sentence says what to add. */
#define MAX_LISTED 6
#define MAX_ADDED 8

typedef struct {
    const char *names[MAX_ADDED];
    size_t n;
    bool more;                  /* than fit */
} Additions;

static bool
covers(const _PyPolicyDenial *denial, const char *granted,
       const char *principal)
{
    return _PyPolicy_NameCovers(granted, principal)
           || (denial->covers != NULL
               && denial->covers(denial->policy, granted, principal));
}

static bool
is_covered(const _PyPolicyDenial *denial, const Additions *added,
           const char *principal)
{
    const _PyPolicyRule *rule = denial->rule;
    for (uint32_t i = 0; i < rule->n_names; i++) {
        if (covers(denial, rule->names[i], principal)) {
            return true;
        }
    }
    for (size_t i = 0; i < added->n; i++) {
        if (covers(denial, added->names[i], principal)) {
            return true;
        }
    }
    return false;
}

/* The dependency nearest to the application whose grant would do. */
static const char *
best_grant(const _PyPolicyDenial *denial, const char *principal)
{
    for (size_t i = denial->n_steps; i-- > 0; ) {
        const uint32_t *members;
        size_t n = 0;
        if (_PyPolicyStep_IsDependency(&denial->steps[i])) {
            n = _PyPrincipal_Members(denial->steps[i].set, &members);
        }
        for (size_t k = 0; k < n; k++) {
            const char *name = _PyPrincipal_Name(members[k]);
            if (!_PyPolicy_IsHost(denial->policy, name)
                && covers(denial, name, principal))
            {
                return name;
            }
        }
    }
    return principal;
}

static void
add_name(Additions *added, const char *name)
{
    for (size_t i = 0; i < added->n; i++) {
        if (strcmp(added->names[i], name) == 0) {
            return;
        }
    }
    if (added->n == MAX_ADDED) {
        added->more = true;
        return;
    }
    added->names[added->n++] = name;
}

/* The innermost is never passed over. */
static bool
is_innermost(const _PyPolicyDenial *denial, uint32_t principal)
{
    const uint32_t *members;
    size_t n = denial->n_steps > 0
               ? _PyPrincipal_Members(denial->steps[0].set, &members) : 0;
    for (size_t i = 0; i < n; i++) {
        if (members[i] == principal) {
            return true;
        }
    }
    return false;
}

/* Should it be passed over rather than granted anything? */
static bool
is_forgotten_host(const _PyPolicyDenial *denial, uint32_t principal)
{
    const char *name = _PyPrincipal_Name(principal);
    return _PyPolicyRemedy_CallsEveryone(name)
           && !_PyPolicy_IsHost(denial->policy, name)
           && !is_innermost(denial, principal);
}

/* Who acts and is not passed over, with "$hosts" that were forgotten apart;
   one for each call, NULL behind the last. */
static const char *
next_judged(const _PyPolicyDenial *denial, size_t *cursor, Additions *hosts)
{
    const uint32_t *members;
    size_t n = _PyPrincipal_Members(denial->acting, &members);
    while (*cursor < n) {
        uint32_t principal = members[(*cursor)++];
        const char *name = _PyPrincipal_Name(principal);
        if (is_forgotten_host(denial, principal)) {
            add_name(hosts, name);
        }
        else if (principal != 0
                 && (!_PyPolicy_IsHost(denial->policy, name)
                     || strcmp(name, denial->principal) == 0))
        {
            return name;
        }
    }
    return NULL;
}

static void
find_additions(const _PyPolicyDenial *denial, Additions *added,
               Additions *hosts)
{
    size_t cursor = 0;
    const char *name;
    if (_PyPolicyDenial_IsApplication(denial)) {
        add_name(added, "__main__");
        return;
    }
    while ((name = next_judged(denial, &cursor, hosts)) != NULL) {
        if (!is_covered(denial, added, name)) {
            add_name(added, best_grant(denial, name));
        }
    }
}


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
is_mistaken(const char *name, const Additions *added, _PyPolicyMessage *note)
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
          const Additions *added, _PyPolicyMessage *note)
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
              const Additions *added, _PyPolicyMessage *note)
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


/* --- Permissions --------------------------------------------------------- */

/* Does this principal's own entry refuse it?  Then only that one helps. */
static bool
has_entry(const _PyPolicyDenial *denial, const char *principal)
{
    const _PyPolicyAccess *access = denial->access;
    const char *name = _PyPolicyCapability_Name(access->capability);
    return _PyPolicy_GrantOf(denial->policy, principal, access->event) != NULL
           || (name != NULL
               && _PyPolicy_GrantOf(denial->policy, principal, name) != NULL);
}

static bool
may(const _PyPolicyDenial *denial, const char *principal)
{
    return _PyPolicyPermission_Ask(
               denial->policy, principal, denial->access->capability,
               denial->access->event, &denial->access->target, NULL, NULL)
           == _PyPolicyPermission_YES;
}

/* Whose entries have to change. */
static void
find_grantees(const _PyPolicyDenial *denial, Additions *added,
              Additions *hosts)
{
    size_t cursor = 0;
    const char *name;
    if (_PyPolicyDenial_IsApplication(denial)) {
        add_name(added, "__main__");
        return;
    }
    while ((name = next_judged(denial, &cursor, hosts)) != NULL) {
        if (!may(denial, name)) {
            add_name(added, has_entry(denial, name)
                            ? name : best_grant(denial, name));
        }
    }
}

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

/* ["example.com:443"], or the word for all where there is no target. */
static void
add_targets(_PyPolicyMessage *text, const _PyPolicyDenial *denial,
            const char *all)
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
    add_targets(text, denial, "true");
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

/* add "example.com:443" to the list of "net" of "requests" in "$permissions",
   or as much more as is not there yet. */
static void
add_grant(_PyPolicyMessage *text, const _PyPolicyDenial *denial,
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
static void
note_wide(_PyPolicyMessage *note, const _PyPolicyDenial *denial)
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

/* --- All of it ----------------------------------------------------------- */

/* add "$hosts": ["celery"] */
static void
add_directive(_PyPolicyMessage *text, const char *directive,
              const char *const *there, uint32_t n, const Additions *added)
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
    Additions added = {.n = 0};
    const char *const *loaders;
    const char *loader = _PyPolicyRemedy_Loader(denial, &file);
    if (loader == NULL) {
        return false;
    }
    add_name(&added, loader);
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
    Additions added = {.n = 0}, hosts = {.n = 0};
    bool access = denial->kind == _PyPolicy_ACCESS;
    (access ? find_grantees : find_additions)(denial, &added, &hosts);
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
        add_grant(text, denial, added.names[i], note);
    }
    if (access && added.n > 0) {
        note_wide(note, denial);
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
           : has_entry(denial, principal);
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
        add_targets(text, denial, "True");
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
