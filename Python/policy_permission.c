/* What does one policy say of one principal and one operation?

   policy_permission_look.c finds out who grants it; it may be lists of
   targets that do.  What has to be looked at for one principal and one
   capability is found once and kept: the answer, or the lists, compiled.
   These records are immutable and live as long as the process, so a judgement
   reads them without a lock; there can be no more of them than principals
   times capabilities and named events.

   A no is not kept, and a list that does not hold the target is looked for
   anew before it becomes a no: code that is loaded later may add an ancestor
   (policy_ancestor.c). */

#include "Python.h"
#include "pycore_lock.h"          // PyMutex
#include "pycore_policy_access.h" // _PyPolicyAccess_Changes
#include "pycore_policy_ancestor.h"
#include "pycore_policy_file.h"   // _PyPolicyFile_Package()
#include "pycore_policy_permission_look.h"
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

#define BUCKETS 256

static struct {
    PyMutex mutex;              /* held by writers */
    Record *buckets[BUCKETS];
} records;


/* --- Records ------------------------------------------------------------- */

static size_t
hash_of(const _PyPolicyAsked *q)
{
    size_t hash = (uintptr_t)q->policy / 64 + q->capability * 61;
    for (const char *p = q->principal; *p != '\0'; p++) {
        hash = hash * 31 + (unsigned char)*p;
    }
    return (hash ^ hash >> 11) % BUCKETS;
}

static bool
is_about(const Record *r, const _PyPolicyAsked *q)
{
    return r->policy == q->policy && r->capability == q->capability
           && r->changes == _Py_atomic_load_int(&_PyPolicyAccess_Changes)
           && strcmp(r->principal, q->principal) == 0
           && (r->event == q->event
               || (r->event != NULL && q->event != NULL
                   && strcmp(r->event, q->event) == 0));
}

static const Record *
known(const _PyPolicyAsked *q)
{
    const Record *r = _Py_atomic_load_ptr(&records.buckets[hash_of(q)]);
    while (r != NULL && !is_about(r, q)) {
        r = r->next;
    }
    return r;
}

/* A record with room for its lists and its own copies of both names. */
static Record *
new_record(const _PyPolicyAsked *q, const _PyPolicyFinding *f)
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
make_record(const _PyPolicyAsked *q, const _PyPolicyFinding *f)
{
    Record *r = new_record(q, f);
    if (r == NULL) {
        return NULL;
    }
    if (f->answer != _PyPolicyPermission_YES && f->n > 0) {
        r->answer = _PyPolicyPermission_DEPENDS;
        for (; r->n < f->n; r->n++) {
            const _PyPolicyGrant *grant = f->lists[r->n];
            const _PyPolicyTargets *list = _PyPolicyPermission_Compiled(grant);
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
find_record(const _PyPolicyAsked *q, const Record *old, _PyPolicyFinding *none)
{
    _PyPolicyFinding f = {0};
    const Record *r = NULL;
    _PyPolicyPermission_Look(&f, q);
    *none = (_PyPolicyFinding){.grant = f.grant};
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

static bool
keeps(const _PyPolicyAsked *q, const char *granted,
      const _PyPolicyTarget *target)
{
    return _PyPolicyPermission_IsDropped(q, granted, target)
           == _PyPolicyPermission_NO;
}

/* Has not dropped it whoever was granted it, or somebody through whom it is
   passed on? */
static bool
is_kept(const _PyPolicyAsked *q, const _PyPolicyGrant *grant,
        const _PyPolicyTarget *target)
{
    const char *granted = grant->principal, *one;
    if (!_PyPolicySetup_HasDrops()) {
        return true;
    }
    if (strcmp(granted, "*") == 0
        || _PyPolicy_NameCovers(granted, q->principal))
    {
        return keeps(q, granted, target);
    }
    _PyPolicyNamed cursor = {0};
    while ((one = _PyPolicyAncestor_NextNamed(q->policy, granted, &cursor))) {
        if (_PyPolicyAncestor_Passes(q->policy, one, q->principal)
            && _PyPolicyPermission_Own(q, one) == grant
            && keeps(q, one, target))
        {
            return true;
        }
    }
    return false;
}

static const _PyPolicyGrant *
match(const _PyPolicyAsked *q, const Record *r, const _PyPolicyTarget *target)
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
answer(const _PyPolicyAsked *q, const Record *r, const _PyPolicyTarget *target,
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
    _PyPolicyAsked q = {policy, principal, capability, NULL,
                  _Py_atomic_load_int(&_PyPolicyAccess_Changes)};
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
    _PyPolicyAsked q = {policy, principal, capability, NULL,
                  _Py_atomic_load_int(&_PyPolicyAccess_Changes)};
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
        _PyPolicyFinding none;
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
