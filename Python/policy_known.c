/* Whose lists of targets have to be looked at?

   Targets differ with every access, so there is no verdict to remember.  But
   who of an acting set has to be covered, and what a policy says of each, is
   the same every time.  So the first yes for a set, its innermost part and a
   capability leaves an entry here: the records (policy_permission.c) of all
   whose grants are lists.  The next access compares a few integers and looks
   at these lists; nobody is asked for by name.

   An entry says yes or nothing.  Where a list does not hold the target, and
   where there is no entry, policy_verdict.c judges as if there were none; it
   alone knows of hosts that are left out, which are not the same ones for
   every target.  Those that it left out once may be left out always: each is
   a host, or would not have been.

   Only where one policy speaks of the capability (a drop is one too), which
   enforces, and names no events; and never for permits and for those beyond
   the application, who are judged in other ways.

   Entries are immutable but for the state in which they hold, and never
   freed: readers take no lock.  There are at most so many of them; what does
   not find room is judged each time. */

#include "Python.h"
#include "pycore_policy_beyond.h"
#include "pycore_policy_known.h"
#include "pycore_policy_narrow.h"
#include "pycore_policy_permission.h"
#include "pycore_policy_setup.h"
#include "pycore_policy_verdict.h"

#include <string.h>

#define BUCKETS 256
#define MAX_DEPTH 8             /* of a bucket */

typedef struct Known {
    struct Known *next;         /* in its bucket; older */
    uint32_t set, inner;
    _PyPolicyCapability capability;
    int changes;                /* of what is in force */
    size_t n;                   /* of those to whom lists grant it */
    const _PyPolicyRecord *records[];
} Known;

static Known *known[BUCKETS];

static inline Known **
bucket_of(_PyPolicyCapability capability, const _PyPolicyActing *acting)
{
    uint32_t hash = acting->set * 0x9E3779B1u ^ acting->inner * 0x85EBCA6Bu;
    return &known[((hash >> 20) + (uint32_t)capability * 67) % BUCKETS];
}

static inline bool
is_about(const Known *entry, _PyPolicyCapability capability,
         const _PyPolicyActing *acting)
{
    return entry->set == acting->set && entry->inner == acting->inner
           && entry->capability == capability;
}

static const Known *
find(_PyPolicyCapability capability, const _PyPolicyActing *acting)
{
    int now = _Py_atomic_load_int_relaxed(&_PyPolicyAccess_Changes);
    const Known *entry = _Py_atomic_load_ptr(bucket_of(capability, acting));
    while (entry != NULL
           && !(is_about(entry, capability, acting)
                && _Py_atomic_load_int_relaxed(&entry->changes) == now))
    {
        entry = entry->next;
    }
    return entry;
}

bool
_PyPolicyKnown_Allows(const _PyPolicyAccess *access,
                      const _PyPolicyActing *acting)
{
    const Known *entry = find(access->capability, acting);
    for (size_t i = 0; entry != NULL && i < entry->n; i++) {
        if (!_PyPolicyPermission_Holds(entry->records[i], &access->target)) {
            return false;
        }
    }
    return entry != NULL;
}

int
_PyPolicyKnown_IsWhole(_PyPolicyCapability capability,
                       const _PyPolicyActing *acting)
{
    const Known *entry = find(capability, acting);
    return entry == NULL ? -1 : entry->n == 0;
}

/* --- Remembering --------------------------------------------------------- */

static const _PyPolicy *
only_policy(const _PyPolicyAccess *access)
{
    const _PyPolicy *const *policies, *only = NULL;
    size_t n = _PyPolicySetup_Policies(&policies);
    for (size_t i = 0; i < n; i++) {
        if (!_PyPolicyPermission_Speaks(policies[i], access->capability,
                                        access->event))
        {
            continue;
        }
        if (only != NULL || _PyPolicy_IsAudit(policies[i])
            || _PyPolicy_NamesEvents(policies[i]))
        {
            return NULL;
        }
        only = policies[i];
    }
    return only;
}

static bool
is_plain(const _PyPolicyActing *acting)
{
    const uint32_t *members;
    size_t n = _PyPrincipal_Members(acting->set, &members);
    for (size_t i = 0; i < n; i++) {
        const char *name = _PyPrincipal_Name(members[i]);
        if (members[i] == 0 || _PyPolicyNarrow_IsPermit(name)
            || _PyPolicyBeyond_Name(name) != NULL)
        {
            return false;
        }
    }
    return !acting->interpreter;
}

/* The records of all who have to be covered; whole grants need none.  Returns
   how many, or -1 when something speaks against remembering them. */
static int
find_records(const _PyPolicyAccess *access, const _PyPolicyActing *acting,
             const _PyPolicyRecord **records)
{
    _PyPolicyJudged judged = {0};
    _PyPolicyQuestion q = {.policy = only_policy(access), .access = access,
                           .judged = &judged};
    if (q.policy == NULL || _PyPolicyVerdict_OfAny(&q, acting) != NULL
        || judged.n == 0 || judged.n > Py_ARRAY_LENGTH(judged.names))
    {
        return -1;
    }
    int n = 0;
    for (size_t i = 0; i < judged.n; i++) {
        const _PyPolicyRecord *record = _PyPolicyPermission_Record(
            q.policy, judged.names[i], access->capability);
        if (record == NULL) {
            return -1;
        }
        if (_PyPolicyPermission_IsList(record)) {
            records[n++] = record;
        }
    }
    return n;
}

/* Is it there, if only as what was true before something changed?  *room:
   there is for another one. */
static Known *
find_same(Known *entry, const Known *wanted, const _PyPolicyActing *acting,
          bool *room)
{
    int depth = 0;
    for (; entry != NULL; entry = entry->next, depth++) {
        if (is_about(entry, wanted->capability, acting)
            && entry->n == wanted->n
            && memcmp(entry->records, wanted->records,
                      entry->n * sizeof(*entry->records)) == 0)
        {
            return entry;
        }
    }
    *room = depth < MAX_DEPTH;
    return NULL;
}

void
_PyPolicyKnown_Remember(const _PyPolicyAccess *access,
                        const _PyPolicyActing *acting)
{
    const _PyPolicyRecord *records[Py_ARRAY_LENGTH(
        ((_PyPolicyJudged *)NULL)->names)];
    int now = _Py_atomic_load_int(&_PyPolicyAccess_Changes);
    int n = _PyPolicySetup_Started() && is_plain(acting)
            ? find_records(access, acting, records) : -1;
    size_t size = n < 0 ? 0 : (size_t)n * sizeof(*records);
    Known *entry = n < 0 ? NULL : PyMem_RawMalloc(sizeof(*entry) + size);
    if (entry == NULL) {
        return;
    }
    Known **bucket = bucket_of(access->capability, acting);
    Known *first = _Py_atomic_load_ptr(bucket), *same;
    bool room = false;
    *entry = (Known){first, acting->set, acting->inner, access->capability,
                     now, (size_t)n};
    memcpy(entry->records, records, size);
    same = find_same(first, entry, acting, &room);
    if (same != NULL) {
        _Py_atomic_store_int(&same->changes, now);
    }
    if (!room || !_Py_atomic_compare_exchange_ptr(bucket, &first, entry)) {
        PyMem_RawFree(entry);   /* the next one will try again */
    }
}
