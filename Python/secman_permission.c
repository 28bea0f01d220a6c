/* What do a manager's permissions say of an event?

   A permission speaks of one event, or of a family of events, and perhaps of
   some targets only.  The most specific that speaks decides: the event's own,
   then its family's, then that of the family above, up to "generic".  What
   none speaks of is refused.  Only a permission for the family "security"
   itself, or for one of its events, covers that family: it has nothing above
   it.

   On one level, what names the target that is reached comes before what names
   none, and a refusal before a grant.  Where there are grants for some targets
   and nothing for the others, the others are refused: a list of what may be
   reached is the whole list.  Where there are only refusals for some targets,
   the next level decides about the others.

   A table is made anew for each change and never written once it is there, so
   it is read without a lock.  The verdict for each event is reckoned when its
   manager is put in force: it is then asked about millions of events.

   Called by secman.c, which owns the tables, and by Modules/_secman.c, which
   makes permissions. */

#include "Python.h"
#include "pycore_policy_file.h"   // _PyPolicyFile_Spellings()
#include "pycore_pystate.h"       // _PyInterpreterState_GET()
#include "pycore_secman.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct {
    char text[24];
    int8_t family;
} _PySecmanPrefix;

#include "secman_families.inc"

#define GENERIC 0

_Static_assert(Py_ARRAY_LENGTH(FAMILIES) <= _PySecman_MAX_FAMILIES,
               "there are more families than _PySecman_MAX_FAMILIES");

/* --- Families and rows --------------------------------------------------- */

const _PySecmanFamily *
_PySecman_FamilyAt(int i)
{
    return i >= 0 && (size_t)i < Py_ARRAY_LENGTH(FAMILIES) ? &FAMILIES[i]
                                                           : NULL;
}

int
_PySecman_FamilyNamed(const char *name)
{
    for (size_t i = 0; i < Py_ARRAY_LENGTH(FAMILIES); i++) {
        if (strcmp(FAMILIES[i].name, name) == 0) {
            return (int)i;
        }
    }
    return -1;
}

int
_PySecman_RowOf(const char *event)
{
    const _PyPolicyEvent *row = _PyPolicyEvents_Find(event);
    return row != NULL ? (int)(row - _PyPolicyEvents_At(0)) : -1;
}

int
_PySecman_FamilyOf(const char *event)
{
    int row = _PySecman_RowOf(event), family = GENERIC;
    if (row >= 0) {
        return FAMILY_OF[row];
    }
    size_t longest = 0;
    for (size_t i = 0; i < Py_ARRAY_LENGTH(PREFIXES); i++) {
        size_t len = strlen(PREFIXES[i].text);
        if (len > longest && strncmp(event, PREFIXES[i].text, len) == 0) {
            longest = len;
            family = PREFIXES[i].family;
        }
    }
    return family;
}

/* --- Targets ------------------------------------------------------------- */

void
_PySecmanTarget_Clear(_PySecmanTarget *target)
{
    PyMem_RawFree(target->text);
    target->text = NULL;
    if (target->fd >= 0) {
        close(target->fd);
        target->fd = -1;
    }
    /* The last who knows of it may be another interpreter's thread: then it
       stays. */
    PyThreadState *tstate = _PyThreadState_GET();
    if (target->code != NULL && tstate != NULL
        && tstate->interp->id == target->interp)
    {
        Py_DECREF(target->code);
    }
    target->code = NULL;
}

int
_PySecmanTarget_Copy(_PySecmanTarget *to, const _PySecmanTarget *from)
{
    *to = *from;
    to->text = from->text != NULL ? _PyMem_RawStrdup(from->text) : NULL;
    to->fd = from->fd >= 0 ? fcntl(from->fd, F_DUPFD_CLOEXEC, 3) : -1;
    Py_XINCREF(to->code);
    if (from->text != NULL && to->text == NULL) {
        _PySecmanTarget_Clear(to);
        PyErr_NoMemory();
        return -1;
    }
    if (from->fd >= 0 && to->fd < 0) {
        PyErr_SetFromErrno(PyExc_OSError);
        _PySecmanTarget_Clear(to);
        return -1;
    }
    return 0;
}

/* --- Permissions --------------------------------------------------------- */

static bool
is_of_kind(const _PySecmanTarget *target, int kind)
{
    return target->text != NULL
           && (kind == _PyPolicy_READ || kind == _PyPolicy_WRITE
               ? target->kind == _PyPolicy_READ
                 && (kind == _PyPolicy_READ ? target->reads : target->writes)
               : target->kind == kind);
}

static int
compile_list(_PySecmanPermission *permission, int kind, const char **texts,
             size_t n)
{
    const _PyPolicyPlace *places;
    size_t n_places = _PyPolicyFile_Places(&places), n_more = 0;
    bool files = kind == _PyPolicy_READ || kind == _PyPolicy_WRITE;
    char **more = NULL;
    if (files && _PyPolicyFile_Spellings(texts, n, &more, &n_more) < 0) {
        return -1;
    }
    const char **all = PyMem_RawCalloc(n + n_more + 1, sizeof(*all));
    if (all != NULL) {
        memcpy(all, texts, n * sizeof(*all));
        for (size_t i = 0; i < n_more; i++) {
            all[n + i] = more[i];
        }
        permission->lists[kind] = _PyPolicyTargets_Compile(
            (_PyPolicyCapability)kind, all, n + n_more, places, n_places);
    }
    PyMem_RawFree(all);
    _PyPolicyFile_FreeSpellings(more, n_more);
    return permission->lists[kind] == NULL ? -1 : 0;
}

static int
compile_kind(_PySecmanPermission *permission, int kind)
{
    size_t n = 0;
    int result = -1;
    char **texts = PyMem_RawCalloc(permission->n + 1, sizeof(*texts));
    for (size_t i = 0; texts != NULL && i < permission->n; i++) {
        const _PySecmanTarget *target = &permission->targets[i];
        if (!is_of_kind(target, kind)) {
            continue;
        }
        size_t size = strlen(target->text) + 2;
        texts[n] = PyMem_RawMalloc(size);
        if (texts[n] == NULL) {
            goto done;
        }
        PyOS_snprintf(texts[n++], size, "%s%s", permission->allow ? "" : "!",
                      target->text);
    }
    result = texts == NULL ? -1
             : n == 0 ? 0
             : compile_list(permission, kind, (const char **)texts, n);
done:
    for (size_t i = 0; i < n; i++) {
        PyMem_RawFree(texts[i]);
    }
    PyMem_RawFree(texts);
    return result;
}

_PySecmanPermission *
_PySecmanPermission_New(const char *event, int family, bool allow,
                        _PySecmanTarget *targets, size_t n)
{
    _PySecmanPermission *permission = PyMem_RawCalloc(1, sizeof(*permission));
    if (permission == NULL) {
        for (size_t i = 0; i < n; i++) {
            _PySecmanTarget_Clear(&targets[i]);
        }
        PyMem_RawFree(targets);
        PyErr_NoMemory();
        return NULL;
    }
    *permission = (_PySecmanPermission){
        .refs = 1, .row = event ? _PySecman_RowOf(event) : -1,
        .family = family, .allow = allow, .n = n, .targets = targets,
        .event = event ? _PyMem_RawStrdup(event) : NULL,
    };
    bool failed = event != NULL && permission->event == NULL;
    for (int kind = 0; kind < _PyPolicy_N_CAPABILITIES && !failed; kind++) {
        failed = compile_kind(permission, kind) < 0;
    }
    if (failed) {
        _PySecmanPermission_Free(permission);
        PyErr_NoMemory();
        return NULL;
    }
    return permission;
}

_PySecmanPermission *
_PySecmanPermission_Share(_PySecmanPermission *permission)
{
    _Py_atomic_add_ssize(&permission->refs, 1);
    return permission;
}

void
_PySecmanPermission_Free(_PySecmanPermission *permission)
{
    if (permission == NULL
        || _Py_atomic_add_ssize(&permission->refs, -1) > 1)
    {
        return;
    }
    for (size_t i = 0; i < permission->n; i++) {
        _PySecmanTarget_Clear(&permission->targets[i]);
    }
    for (int kind = 0; kind < _PyPolicy_N_CAPABILITIES; kind++) {
        _PyPolicyTargets_Free(permission->lists[kind]);
    }
    PyMem_RawFree(permission->targets);
    PyMem_RawFree(permission->event);
    PyMem_RawFree(permission);
}

static uint32_t
kinds_of(const _PySecmanPermission *permission)
{
    uint32_t kinds = 0;
    for (size_t i = 0; i < permission->n; i++) {
        const _PySecmanTarget *target = &permission->targets[i];
        kinds |= 1u << target->kind;
        if (target->kind == _PyPolicy_READ) {
            kinds |= 1u << _PyPolicy_WRITE;
        }
    }
    return kinds;
}

/* --- Which permissions speak of an event --------------------------------- */

/* Levels: the event itself, then families by way of `above`. */
typedef struct {
    const char *event;          /* NULL: by family */
    int row;
    int family;
} Level;

static Level
first_level(int row, const char *event)
{
    return (Level){event, row,
                   row >= 0 ? FAMILY_OF[row] : _PySecman_FamilyOf(event)};
}

static bool
next_level(Level *level)
{
    if (level->event != NULL) {
        level->event = NULL;
        return true;
    }
    level->family = FAMILIES[level->family].above;
    return level->family >= 0;
}

static bool
is_on(const _PySecmanPermission *permission, const Level *level)
{
    if (level->event == NULL) {
        return permission->event == NULL
               && permission->family == level->family;
    }
    return permission->event != NULL
           && (level->row >= 0
               ? permission->row == level->row
               : permission->row < 0
                 && strcmp(permission->event, level->event) == 0);
}

/* Nobody's `row`: what somebody else raises has no arguments that we know. */
static uint32_t
kinds_of_row(int row)
{
    return row >= 0 ? _PySecmanTarget_Kinds(_PyPolicyEvents_At((size_t)row))
                    : 0;
}

static int
reckon(const _PySecmanTable *table, int row, const char *event)
{
    Level level = first_level(row, event);
    uint32_t kinds = kinds_of_row(row);
    do {
        const _PySecmanPermission *plain = NULL;
        for (size_t i = 0; i < table->n; i++) {
            const _PySecmanPermission *permission = table->permissions[i];
            if (!is_on(permission, &level)) {
                continue;
            }
            if (permission->n == 0) {
                plain = permission;
            }
            else if (kinds_of(permission) & kinds) {
                return _PySecman_TARGETS;
            }
            else if (level.event != NULL) {
                return 0;       /* it names what this event does not */
            }
        }
        if (plain != NULL) {
            return plain->allow ? _PySecman_ALLOW : 0;
        }
    } while (next_level(&level));
    return 0;
}

void
_PySecmanTable_Reckon(_PySecmanTable *table)
{
    for (size_t row = 0; row < Py_ARRAY_LENGTH(FAMILY_OF); row++) {
        table->verdicts[row] = (uint8_t)reckon(
            table, (int)row, _PyPolicyEvents_At(row)->name);
    }
    table->reckoned = true;
}

int
_PySecmanTable_Verdict(const _PySecmanTable *table, int row,
                       const char *event)
{
    return row >= 0 && table->reckoned ? table->verdicts[row]
                                       : reckon(table, row, event);
}

_PySecmanPermission *
_PySecmanTable_Find(const _PySecmanTable *table, const char *event,
                    int family)
{
    Level level = {NULL, -1, family};
    if (event != NULL) {
        level = first_level(_PySecman_RowOf(event), event);
    }
    do {
        _PySecmanPermission *found = NULL;
        for (size_t i = 0; i < table->n; i++) {
            _PySecmanPermission *permission = table->permissions[i];
            if (is_on(permission, &level)
                && (found == NULL || permission->n == 0))
            {
                found = permission;
            }
        }
        if (found != NULL) {
            return found;
        }
    } while (next_level(&level));
    return NULL;
}

/* --- What is reached ----------------------------------------------------- */

static bool
is_same_file(const _PySecmanTarget *target, const _PySecmanThing *thing)
{
    struct stat st;
    if (thing->kind == _PyPolicy_READ ? !target->reads : !target->writes) {
        return false;
    }
    int failed = thing->fd >= 0 ? fstat(thing->fd, &st)
                 : thing->target.text != NULL ? stat(thing->target.text, &st)
                 : -1;
    return failed == 0 && st.st_dev == target->device
           && st.st_ino == target->inode;
}

/* What has no text is compared as an object. */
static bool
is_object(const _PySecmanTarget *target, const _PySecmanThing *thing)
{
    if (target->text != NULL) {
        return false;
    }
    if (target->kind == _PyPolicy_READ) {
        return (thing->kind == _PyPolicy_READ
                || thing->kind == _PyPolicy_WRITE)
               && is_same_file(target, thing);
    }
    return target->kind == thing->kind && target->frame == thing->frame
           && target->code != NULL && target->code == thing->code
           && target->interp == _PyInterpreterState_GET()->id;
}

static bool
is_text(const _PySecmanPermission *permission, const _PySecmanThing *thing)
{
    const _PyPolicyTargets *list = permission->lists[thing->kind];
    if (list == NULL) {
        return false;
    }
    bool match = _PyPolicyTargets_Match(list, &thing->target);
    return permission->allow ? match : !match;
}

static bool
names(const _PySecmanPermission *permission, const _PySecmanThing *things,
      size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (is_text(permission, &things[i])) {
            return true;
        }
        for (size_t j = 0; j < permission->n; j++) {
            if (is_object(&permission->targets[j], &things[i])) {
                return true;
            }
        }
    }
    return false;
}

bool
_PySecmanTable_Allows(const _PySecmanTable *table, int row,
                      const char *event, const _PySecmanThing *things,
                      size_t n, const _PySecmanPermission **why)
{
    Level level = first_level(row, event);
    uint32_t kinds = kinds_of_row(row);
    do {
        const _PySecmanPermission *plain = NULL, *grant = NULL;
        const _PySecmanPermission *other = NULL;
        for (size_t i = 0; i < table->n; i++) {
            const _PySecmanPermission *permission = table->permissions[i];
            if (!is_on(permission, &level)) {
                continue;
            }
            if (permission->n == 0) {
                plain = permission;
            }
            else if ((kinds_of(permission) & kinds) || level.event != NULL) {
                bool named = names(permission, things, n);
                if (named && !permission->allow) {
                    *why = permission;
                    return false;
                }
                grant = named ? permission : grant;
                other = permission->allow ? permission : other;
            }
        }
        *why = grant ? grant : plain ? plain : other;
        if (*why != NULL) {
            return grant != NULL || (plain != NULL && plain->allow);
        }
    } while (next_level(&level));
    return false;
}

/* --- Tables -------------------------------------------------------------- */

static bool
is_same_target(const _PySecmanTarget *a, const _PySecmanTarget *b)
{
    return a->kind == b->kind && a->reads == b->reads
           && a->writes == b->writes && a->frame == b->frame
           && a->code == b->code && a->device == b->device
           && a->inode == b->inode
           && (a->text == NULL) == (b->text == NULL)
           && (a->text == NULL || strcmp(a->text, b->text) == 0);
}

/* Does one take the place of the other? */
static bool
replaces(const _PySecmanPermission *a, const _PySecmanPermission *b)
{
    if (a->family != b->family || a->n != b->n
        || (a->event == NULL) != (b->event == NULL)
        || (a->event != NULL && strcmp(a->event, b->event) != 0))
    {
        return false;
    }
    for (size_t i = 0; i < a->n; i++) {
        if (!is_same_target(&a->targets[i], &b->targets[i])) {
            return false;
        }
    }
    return true;
}

_PySecmanTable *
_PySecmanTable_With(const _PySecmanTable *base,
                    _PySecmanPermission *permission)
{
    size_t n = base ? base->n : 0;
    _PySecmanTable *table = PyMem_RawCalloc(
        1, sizeof(*table) + Py_ARRAY_LENGTH(FAMILY_OF));
    if (table == NULL) {
        return NULL;
    }
    table->permissions = PyMem_RawCalloc(n + 1, sizeof(permission));
    if (table->permissions == NULL) {
        PyMem_RawFree(table);
        return NULL;
    }
    for (size_t i = 0; i < n; i++) {
        if (permission == NULL || !replaces(permission, base->permissions[i]))
        {
            table->permissions[table->n++] =
                _PySecmanPermission_Share(base->permissions[i]);
        }
    }
    if (permission != NULL) {
        table->permissions[table->n++] =
            _PySecmanPermission_Share(permission);
    }
    for (size_t i = 0; i < table->n; i++) {
        table->kinds |= kinds_of(table->permissions[i]);
    }
    return table;
}

void
_PySecmanTable_Free(_PySecmanTable *table)
{
    while (table != NULL) {
        _PySecmanTable *old = table->old;
        for (size_t i = 0; i < table->n; i++) {
            _PySecmanPermission_Free(table->permissions[i]);
        }
        PyMem_RawFree(table->permissions);
        PyMem_RawFree(table);
        table = old;
    }
}
