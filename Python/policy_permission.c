/* What does one policy say of one principal and one operation?

   In this order, and the first that speaks decides:

   1. the principal's own entry: about the event, else about its capability.
      It is final, whatever it says.  All names of one distribution are one
      principal: where its own name has no entry, one of the others' is its;
   2. an ancestor's entry, when it grants the operation;
   3. the entry "*", for a dependency;
   4. "$default": what it denies, the application is denied as well.

   The first three may be lists of targets.  What has to be looked at for one
   principal and one capability is found once and kept: the answer, or the
   lists, compiled.  These records are immutable and live as long as the
   process, so a judgement reads them without a lock; there can be no more of
   them than principals times capabilities and named events.

   A no is not kept, and a list that does not hold the target is looked for
   anew before it becomes a no: code that is loaded later may add an ancestor
   (policy_ancestor.c). */

#include "Python.h"
#include "pycore_lock.h"          // PyMutex
#include "pycore_policy_ancestor.h"
#include "pycore_policy_events.h"
#include "pycore_policy_file.h"   // _PyPolicyFile_Places()
#include "pycore_policy_permission.h"
#include "pycore_policy_setup.h"

#include <string.h>

/* One list of targets that has to be looked at. */
typedef struct {
    const _PyPolicyGrant *grant;
    const _PyPolicyTargets *compiled;
} List;

typedef struct _PyPolicyRecord {
    struct _PyPolicyRecord *next;        /* in its bucket; older */
    int changes;                /* that there had been when it was made */
    const _PyPolicy *policy;
    const char *principal;      /* owned: the record's own copy follows it */
    const char *event;          /* likewise; NULL when not named */
    _PyPolicyCapability capability;
    _PyPolicyAnswer answer;     /* YES, NO, or DEPENDS on the lists */
    const _PyPolicyGrant *grant;    /* that says YES or NO; NULL: $default */
    const char *package;        /* what "$PKG" is for the principal */
    size_t n;
    List lists[];
} Record;                       /* _PyPolicyRecord elsewhere */

/* What is asked. */
typedef struct {
    const _PyPolicy *policy;
    const char *principal;
    _PyPolicyCapability capability;
    const char *event;          /* NULL when the policy does not name it */
    int changes;                /* that there had been when it was asked */
} Question;

static struct {
    PyMutex mutex;              /* held by writers */
    int changes;                /* of what is in force */
    Record *buckets[1024];
    struct Compiled {
        struct Compiled *next;
        const _PyPolicyGrant *grant;
        _PyPolicyTargets *targets;
    } *compiled[1024];
} records;


/* --- Lists, compiled ----------------------------------------------------- */

static size_t
bucket_of(const void *p)
{
    uintptr_t n = (uintptr_t)p;
    return (n >> 4 ^ n >> 14) % 1024;
}

/* Accesses are resolved, so targets that lead through links have to be. */
static _PyPolicyTargets *
compile_paths(_PyPolicyCapability capability, const _PyPolicyGrant *grant,
              const _PyPolicyPlace *places, size_t n_places)
{
    _PyPolicyTargets *targets = NULL;
    char **more;
    size_t n = grant->n_targets, n_more;
    if (_PyPolicyFile_Spellings(grant->targets, n, &more, &n_more) < 0) {
        return NULL;
    }
    const char **all = PyMem_RawMalloc((n + n_more + 1) * sizeof(*all));
    if (all != NULL) {
        for (size_t i = 0; i < n; i++) {
            all[i] = grant->targets[i];
        }
        for (size_t i = 0; i < n_more; i++) {
            all[n + i] = more[i];
        }
        targets = _PyPolicyTargets_Compile(capability, all, n + n_more,
                                           places, n_places);
    }
    PyMem_RawFree(all);
    _PyPolicyFile_FreeSpellings(more, n_more);
    return targets;
}

static _PyPolicyTargets *
compile(const _PyPolicyGrant *grant)
{
    const _PyPolicyPlace *places;
    size_t n = _PyPolicyFile_Places(&places);
    _PyPolicyCapability capability = grant->capability;
    if (capability == _PyPolicy_NO_CAPABILITY) {
        /* An event by its name: its targets are its capability's. */
        const _PyPolicyEvent *event = _PyPolicyEvents_Find(grant->what);
        capability = event ? event->capability : _PyPolicy_SYS;
    }
    if (capability != _PyPolicy_READ && capability != _PyPolicy_WRITE) {
        return _PyPolicyTargets_Compile(capability, grant->targets,
                                        grant->n_targets, places, n);
    }
    return compile_paths(capability, grant, places, n);
}

/* The mutex is held.  NULL when memory is short. */
static const _PyPolicyTargets *
compiled_list(const _PyPolicyGrant *grant)
{
    if (grant->kind != _PyPolicyGrant_TARGETS) {
        return NULL;            /* everything */
    }
    struct Compiled **bucket = &records.compiled[bucket_of(grant)];
    struct Compiled *c = *bucket;
    for (; c != NULL; c = c->next) {
        if (c->grant == grant) {
            return c->targets;
        }
    }
    c = PyMem_RawMalloc(sizeof(*c));
    _PyPolicyTargets *targets = c ? compile(grant) : NULL;
    if (targets == NULL) {
        PyMem_RawFree(c);
        return NULL;
    }
    *c = (struct Compiled){*bucket, grant, targets};
    *bucket = c;
    return targets;
}


/* --- Who grants it ------------------------------------------------------- */

static const char *
name_of(const Question *q)
{
    return _PyPolicyCapability_Name(q->capability);
}

static bool
is_dependency(const char *principal)
{
    return strcmp(principal, "*") != 0 && strcmp(principal, "__main__") != 0;
}

/* Does any dependency's entry speak of it?  If not, nobody needs to know who
   is who, for which metadata has to be read. */
static bool
is_spoken_of(const Question *q)
{
    const char *name = name_of(q);
    const _PyPolicyGrant *g;
    for (uint32_t i = 0; (g = _PyPolicy_GrantAt(q->policy, i)) != NULL; i++) {
        if (is_dependency(g->principal)
            && (strcmp(g->what, "*") == 0
                || (name != NULL && strcmp(g->what, name) == 0)
                || (q->event != NULL && strcmp(g->what, q->event) == 0)))
        {
            return true;
        }
    }
    return false;
}

/* Has any dependency an entry, if only an empty one? */
static bool
has_entries(const _PyPolicy *policy)
{
    uint32_t first, n;
    const char *name = "*";
    for (uint32_t i = 0; name != NULL && !is_dependency(name); i++) {
        name = _PyPolicy_EntryAt(policy, i, &first, &n);
    }
    return name != NULL;
}

static const _PyPolicyGrant *
grant_by_name(const Question *q, const char *principal)
{
    const char *name = name_of(q);
    if (q->event != NULL) {
        return _PyPolicy_GrantOfEvent(q->policy, principal, q->event, name);
    }
    return name ? _PyPolicy_GrantOf(q->policy, principal, name) : NULL;
}

/* The principal's own entry. */
static const _PyPolicyGrant *
own_grant(const Question *q, const char *principal)
{
    const _PyPolicyGrant *grant = grant_by_name(q, principal);
    if (grant != NULL || strcmp(principal, "__main__") == 0
        || !is_spoken_of(q))
    {
        return grant;
    }
    size_t cursor = 0;
    const char *same;
    while (grant == NULL
           && (same = _PyPolicyAncestor_NextSame(principal, &cursor)))
    {
        grant = grant_by_name(q, same);
    }
    return grant;
}

static bool
is_denied_by_default(const Question *q)
{
    const uint32_t DENIED =
        1u << _PyPolicy_NET | 1u << _PyPolicy_READ | 1u << _PyPolicy_WRITE
        | 1u << _PyPolicy_RUN | 1u << _PyPolicy_ENV | 1u << _PyPolicy_FFI
        | 1u << _PyPolicy_SYS | 1u << _PyPolicy_PATCH;
    return _PyPolicy_DefaultDeny(q->policy) && name_of(q) != NULL
           && (DENIED >> q->capability & 1);
}

/* What "*" says to those of that name. */
static const _PyPolicyGrant *
grant_to_everyone(const Question *q, const char *principal)
{
    const char *name = name_of(q);
    if (q->event != NULL) {
        return _PyPolicy_EventGrantToEveryone(q->policy, principal, q->event,
                                              name);
    }
    return name ? _PyPolicy_GrantToEveryone(q->policy, principal, name)
                : NULL;
}

/* The entry of all who have none. */
static const _PyPolicyGrant *
common_grant(const Question *q)
{
    if (strcmp(q->principal, "__main__") == 0) {
        return NULL;
    }
    const _PyPolicyGrant *grant = grant_to_everyone(q, q->principal);
    size_t cursor = 0;
    const char *same;
    if (grant == NULL || !has_entries(q->policy)
        || (grant->kind == _PyPolicyGrant_ALL && !is_denied_by_default(q)))
    {
        return grant;       /* without it the answer would be the same */
    }
    while (grant != NULL
           && (same = _PyPolicyAncestor_NextSame(q->principal, &cursor)))
    {
        grant = grant_to_everyone(q, same);
    }
    return grant;
}

typedef struct {
    _PyPolicyAnswer answer;
    const _PyPolicyGrant *grant;    /* that says YES or NO */
    const _PyPolicyGrant **lists;   /* raw memory */
    size_t n, capacity;
    bool failed;                    /* no memory: then the answer is NO */
} Finding;

static void
add_list(Finding *f, const _PyPolicyGrant *grant)
{
    for (size_t i = 0; i < f->n; i++) {
        if (f->lists[i] == grant) {
            return;
        }
    }
    if (f->n == f->capacity) {
        size_t capacity = f->capacity * 2 + 4;
        const _PyPolicyGrant **lists =
            PyMem_RawRealloc(f->lists, capacity * sizeof(*lists));
        if (lists == NULL) {
            f->failed = true;
            return;
        }
        f->lists = lists;
        f->capacity = capacity;
    }
    f->lists[f->n++] = grant;
}

/* What the entry says, where it is the last word.  That of a principal which
   is not what was locked still takes away, and gives nothing. */
static void
take(Finding *f, const _PyPolicyGrant *grant, bool trusted)
{
    f->grant = grant;
    f->answer = _PyPolicyPermission_NO;
    if (!trusted) {
        return;
    }
    if (grant->kind == _PyPolicyGrant_ALL) {
        f->answer = _PyPolicyPermission_YES;
    }
    else if (grant->kind == _PyPolicyGrant_TARGETS) {
        add_list(f, grant);
    }
}

/* Has the ancestor dropped it?  Then nobody rides on its grant any more.
   DEPENDS when it dropped some targets, and none is given. */
static _PyPolicyAnswer
is_dropped(const Question *q, const char *ancestor,
           const _PyPolicyTarget *target)
{
    const _PyPolicy *const *policies;
    size_t n = _PyPolicySetup_Policies(&policies);
    _PyPolicyAnswer result = _PyPolicyPermission_NO;
    for (size_t i = 0; i < n && !_PyPolicySetup_IsDrop(q->policy); i++) {
        if (!_PyPolicySetup_IsDrop(policies[i])) {
            continue;
        }
        _PyPolicyAnswer answer = _PyPolicyPermission_Ask(
            policies[i], ancestor, q->capability, q->event, target, NULL,
            NULL);
        if (answer == _PyPolicyPermission_NO) {
            return _PyPolicyPermission_YES;
        }
        if (answer == _PyPolicyPermission_DEPENDS) {
            result = _PyPolicyPermission_DEPENDS;
        }
    }
    return result;
}

/* What the ancestor itself may: its entry about the event wins, and so does
   one of its own over its namespace's.  It only ever adds. */
static void
add_ancestor(Finding *f, const Question *q, const char *ancestor)
{
    const _PyPolicyGrant *grant = own_grant(q, ancestor);
    if (grant == NULL || grant->kind == _PyPolicyGrant_NOTHING) {
        return;
    }
    _PyPolicyAnswer dropped = is_dropped(q, ancestor, NULL);
    if (dropped == _PyPolicyPermission_YES) {
        return;
    }
    if (grant->kind == _PyPolicyGrant_ALL
        && dropped == _PyPolicyPermission_NO)
    {
        f->grant = grant;
        f->answer = _PyPolicyPermission_YES;
        return;
    }
    add_list(f, grant);
}

static void
add_ancestors(Finding *f, const Question *q, const char *what)
{
    const _PyPolicyGrant *const *grants;
    uint32_t n = _PyPolicy_GrantsOf(q->policy, what, &grants);
    for (uint32_t i = 0; i < n; i++) {
        _PyPolicyNamed cursor = {0};
        const char *one;
        while (f->answer != _PyPolicyPermission_YES
               && (one = _PyPolicyAncestor_NextNamed(
                        q->policy, grants[i]->principal, &cursor)))
        {
            if (_PyPolicyAncestor_Passes(q->policy, one, q->principal)) {
                add_ancestor(f, q, one);
            }
        }
    }
}

static void
look(Finding *f, const Question *q)
{
    const _PyPolicyGrant *grant = own_grant(q, q->principal);
    bool trusted = _PyPolicySetup_Trusts(q->policy, q->principal);
    if (grant != NULL) {
        take(f, grant, trusted);
        return;
    }
    grant = common_grant(q);
    if (grant != NULL) {
        take(f, grant, true);
    }
    else {
        f->answer = is_denied_by_default(q) ? _PyPolicyPermission_NO
                                            : _PyPolicyPermission_YES;
    }
    if (f->answer == _PyPolicyPermission_YES || !trusted
        || strcmp(q->principal, "__main__") == 0)
    {
        return;
    }
    if (q->event != NULL) {
        add_ancestors(f, q, q->event);
    }
    if (f->answer != _PyPolicyPermission_YES && name_of(q) != NULL) {
        add_ancestors(f, q, name_of(q));
    }
}


/* --- Records ------------------------------------------------------------- */

static size_t
hash_of(const Question *q)
{
    size_t hash = bucket_of(q->policy) + q->capability * 61;
    for (const char *p = q->principal; *p != '\0'; p++) {
        hash = hash * 31 + (unsigned char)*p;
    }
    return (hash ^ hash >> 11) % 1024;
}

static bool
is_about(const Record *r, const Question *q)
{
    return r->policy == q->policy && r->capability == q->capability
           && r->changes == _Py_atomic_load_int(&records.changes)
           && strcmp(r->principal, q->principal) == 0
           && (r->event == q->event
               || (r->event != NULL && q->event != NULL
                   && strcmp(r->event, q->event) == 0));
}

static const Record *
known(const Question *q)
{
    const Record *r = _Py_atomic_load_ptr(&records.buckets[hash_of(q)]);
    while (r != NULL && !is_about(r, q)) {
        r = r->next;
    }
    return r;
}

/* A record with room for its lists and its own copies of both names. */
static Record *
new_record(const Question *q, const Finding *f)
{
    size_t name = strlen(q->principal) + 1;
    size_t event = q->event ? strlen(q->event) + 1 : 0;
    size_t fixed = sizeof(Record) + f->n * sizeof(List);
    Record *r = PyMem_RawCalloc(1, fixed + name + event);
    if (r == NULL) {
        return NULL;
    }
    char *text = (char *)r + fixed;
    memcpy(text, q->principal, name);
    r->principal = text;
    if (event > 0) {
        memcpy(text + name, q->event, event);
        r->event = text + name;
    }
    r->changes = q->changes;
    r->policy = q->policy;
    r->capability = q->capability;
    r->grant = f->grant;
    r->answer = f->answer;
    r->package = _PyPolicyFile_Package(q->principal);
    return r;
}

/* The mutex is held. */
static const Record *
make_record(const Question *q, const Finding *f)
{
    Record *r = new_record(q, f);
    if (r == NULL) {
        return NULL;
    }
    if (f->answer != _PyPolicyPermission_YES && f->n > 0) {
        r->answer = _PyPolicyPermission_DEPENDS;
        for (; r->n < f->n; r->n++) {
            const _PyPolicyGrant *grant = f->lists[r->n];
            const _PyPolicyTargets *list = compiled_list(grant);
            if (list == NULL && grant->kind == _PyPolicyGrant_TARGETS) {
                PyMem_RawFree(r);
                return NULL;
            }
            r->lists[r->n] = (List){f->lists[r->n], list};
        }
    }
    Record **bucket = &records.buckets[hash_of(q)];
    r->next = *bucket;
    _Py_atomic_store_ptr(bucket, r);
    return r;
}

/* Look at the policy anew.  `old`, when it still says all, is kept.  A plain
   no makes no record: *none is set to it. */
static const Record *
find_record(const Question *q, const Record *old, Finding *none)
{
    Finding f = {0};
    const Record *r = NULL;
    look(&f, q);
    *none = (Finding){.grant = f.grant};
    if (f.failed
        || (f.answer == _PyPolicyPermission_NO && f.n == 0))
    {
        goto done;
    }
    if (old != NULL && old->answer == _PyPolicyPermission_DEPENDS
        && f.answer == _PyPolicyPermission_NO && old->n == f.n)
    {
        r = old;                /* nothing has been added */
        goto done;
    }
    PyMutex_Lock(&records.mutex);
    r = make_record(q, &f);
    PyMutex_Unlock(&records.mutex);
done:
    PyMem_RawFree(f.lists);
    return r;
}


/* --- Answers ------------------------------------------------------------- */

static bool
holds(const List *list, const _PyPolicyTarget *target)
{
    bool nothing = target->text == NULL && target->address_len == 0;
    return list->compiled == NULL
           || (nothing ? list->grant->n_targets > 0
                       : _PyPolicyTargets_Match(list->compiled, target));
}

/* Has not dropped it whoever was granted it, or somebody through whom it is
   passed on? */
static bool
is_kept(const Question *q, const _PyPolicyGrant *grant,
        const _PyPolicyTarget *target)
{
    const char *granted = grant->principal, *one;
    if (!_PyPolicySetup_HasDrops()) {
        return true;
    }
    if (strcmp(granted, "*") == 0
        || _PyPolicy_NameCovers(granted, q->principal))
    {
        return is_dropped(q, granted, target) == _PyPolicyPermission_NO;
    }
    _PyPolicyNamed cursor = {0};
    while ((one = _PyPolicyAncestor_NextNamed(q->policy, granted, &cursor))) {
        if (_PyPolicyAncestor_Passes(q->policy, one, q->principal)
            && own_grant(q, one) == grant
            && is_dropped(q, one, target) == _PyPolicyPermission_NO)
        {
            return true;
        }
    }
    return false;
}

static const _PyPolicyGrant *
match(const Question *q, const Record *r, const _PyPolicyTarget *target)
{
    _PyPolicyTarget t = *target;
    t.package = r->package;
    for (size_t i = 0; i < r->n; i++) {
        const List *list = &r->lists[i];
        if (holds(list, &t) && is_kept(q, list->grant, &t)) {
            return list->grant;
        }
    }
    return NULL;
}

static _PyPolicyAnswer
answer(const Question *q, const Record *r, const _PyPolicyTarget *target,
       const _PyPolicyGrant **grant)
{
    *grant = r->grant;
    if (r->answer != _PyPolicyPermission_DEPENDS) {
        return r->answer;
    }
    if (target == NULL) {
        *grant = r->lists[0].grant;
        return _PyPolicyPermission_DEPENDS;
    }
    const _PyPolicyGrant *found = match(q, r, target);
    *grant = found ? found : r->lists[0].grant;
    return found ? _PyPolicyPermission_YES : _PyPolicyPermission_NO;
}

const _PyPolicyRecord *
_PyPolicyPermission_Record(const _PyPolicy *policy, const char *principal,
                           _PyPolicyCapability capability)
{
    Question q = {policy, principal, capability, NULL,
                  _Py_atomic_load_int(&records.changes)};
    return _PyPolicy_NamesEvents(policy) ? NULL : known(&q);
}

bool
_PyPolicyPermission_IsList(const _PyPolicyRecord *record)
{
    return record->answer == _PyPolicyPermission_DEPENDS;
}

bool
_PyPolicyPermission_Holds(const _PyPolicyRecord *record,
                          const _PyPolicyTarget *target)
{
    if (record->answer != _PyPolicyPermission_DEPENDS) {
        return record->answer == _PyPolicyPermission_YES;
    }
    _PyPolicyTarget t = *target;
    t.package = record->package;
    for (size_t i = 0; i < record->n; i++) {
        if (holds(&record->lists[i], &t)) {
            return true;
        }
    }
    return false;
}

_PyPolicyAnswer
_PyPolicyPermission_Ask(const _PyPolicy *policy, const char *principal,
                        _PyPolicyCapability capability, const char *event,
                        const _PyPolicyTarget *target,
                        const _PyPolicyGrant **grant, const char **ancestor)
{
    Question q = {policy, principal, capability, NULL,
                  _Py_atomic_load_int(&records.changes)};
    if (event != NULL && _PyPolicy_NamesEvents(policy)
        && _PyPolicy_NamesEvent(policy, event))
    {
        q.event = event;
    }
    const _PyPolicyGrant *decides = NULL;
    _PyPolicyAnswer result = _PyPolicyPermission_NO;
    const Record *r = known(&q);
    if (r != NULL) {
        result = answer(&q, r, target, &decides);
    }
    if (result == _PyPolicyPermission_NO) {
        Finding none;
        const Record *now = find_record(&q, r, &none);
        if (now == NULL) {
            decides = none.grant;
        }
        else if (now != r) {
            result = answer(&q, now, target, &decides);
        }
    }
    if (grant != NULL) {
        *grant = decides;
    }
    if (ancestor != NULL) {
        bool rides = result == _PyPolicyPermission_YES && decides != NULL
                     && strcmp(decides->principal, "*") != 0
                     && !_PyPolicy_NameCovers(decides->principal, principal);
        *ancestor = rides ? decides->principal : "";
    }
    return result;
}

bool
_PyPolicyPermission_Speaks(const _PyPolicy *policy,
                           _PyPolicyCapability capability, const char *event)
{
    if (capability < _PyPolicy_N_CAPABILITIES
        && (_PyPolicy_Capabilities(policy) >> capability & 1))
    {
        return true;
    }
    return event != NULL && _PyPolicy_NamesEvents(policy)
           && _PyPolicy_NamesEvent(policy, event);
}

bool
_PyPolicyPermission_ApplicationFree(const _PyPolicy *policy)
{
    const _PyPolicyGrant *grant = _PyPolicy_GrantOf(policy, "__main__", "net");
    return grant != NULL && grant->kind == _PyPolicyGrant_ALL
           && strcmp(grant->what, "*") == 0;
}

void
_PyPolicyPermission_Forget(void)
{
    _Py_atomic_add_int(&records.changes, 1);
}
