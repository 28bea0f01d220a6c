/* Who is granted what by "$permissions"?

   Two levels of objects: principals, and in each what it is granted, by the
   names of capabilities and of audit events.  Each value becomes one grant in
   the draft.  Targets are checked here, where their line is known; they are
   kept as text, since what $HOME means is known only later
   (policy_permission.c compiles them).

   A capability or an event that is spelled wrong would be a grant of nothing
   or a refusal of nothing, so an unknown one stops the start, and so does a
   target that could never be met.  Which events there are is known from
   policy_events.c, except where this file is compiled alone, for the fuzzer.

   Called by policy_directive.c. */

#ifdef POLICY_STANDALONE
#  define KNOWS_EVENTS 0
#else
#  include "Python.h"
#  include "pycore_policy_events.h"
#  define KNOWS_EVENTS 1
#endif

#include <stdio.h>
#include <string.h>

#include "pycore_policy_target.h"
#include "pycore_policy_text.h"
#include "pycore_policy_load.h"    // last: it defines short names

typedef _PyPolicyJsonNode Node;
typedef _PyPolicyLoader Loader;
typedef _PyPolicyGrant Grant;


/* --- Events ------------------------------------------------------------- */

#if KNOWS_EVENTS
static const char *
nearest_event(const char *name)
{
    const char *names[512];
    size_t n = 0;
    const _PyPolicyEvent *event;
    while (n < Py_ARRAY_LENGTH(names) - 1 &&
           (event = _PyPolicyEvents_At(n)) != NULL) {
        names[n++] = event->name;
    }
    names[n] = NULL;
    return _PyPolicyText_Nearest(name, names);
}

/* Is there an event of this name?  If so, *capability is the one that gates
   it. */
static int
check_event(Loader *l, const Node *node, _PyPolicyCapability *capability)
{
    const char *name = node->text + (node->text[0] == '!');
    const _PyPolicyEvent *event = _PyPolicyEvents_Find(name);
    if (event != NULL) {
        *capability = (_PyPolicyCapability)event->capability;
        return 0;
    }
    const char *meant = nearest_event(name);
    if (meant != NULL) {
        return fail(l, node, "unknown-event", "%s is no audit event; did you "
                    "mean \"%s\"?", quote(l, 0, node), meant);
    }
    return fail(l, node, "unknown-event", "%s is no audit event; write one "
                "that the documentation lists, or a capability",
                quote(l, 0, node));
}
#else
static int
check_event(Loader *l, const Node *node, _PyPolicyCapability *capability)
{
    (void)l, (void)node, (void)capability;
    return 0;
}
#endif


/* --- Targets ------------------------------------------------------------ */

/* The name of one event, which could be misspelled; not a pattern. */
static int
check_event_target(Loader *l, const Node *item)
{
    _PyPolicyCapability capability;
    const char *name = item->text + (item->text[0] == '!');
    return strpbrk(name, "*?") != NULL ? 0 : check_event(l, item, &capability);
}

static int
read_targets(Loader *l, const Node *list, _PyPolicyCapability capability,
             Grant *grant)
{
    char code[32], what[_PyPolicyName_MAX_WHAT];
    _PyPolicyLayer *layer = layer_of(l);
    const char **targets = layer->pool + layer->n_pool;
    const Node *item = _PyPolicyJson_First(list);
    for (uint32_t i = 0; i < list->count; i++, item++) {
        if (item->kind != _PyPolicyJson_STRING || item->count == 0) {
            return expect_text(l, item, "a target");
        }
        if (_PyPolicyTarget_Check(capability, item->text, item->count, code,
                                  what) < 0) {
            return fail(l, item, code, "%s", what);
        }
        if (capability == _PyPolicy_SYS && check_event_target(l, item) < 0) {
            return -1;
        }
        targets[i] = item->text;
    }
    layer->n_pool += list->count;
    grant->kind = list->count == 0 ? _PyPolicyGrant_NOTHING
                                   : _PyPolicyGrant_TARGETS;
    grant->targets = targets;
    grant->n_targets = list->count;
    return 0;
}


/* --- Grants ------------------------------------------------------------- */

static Grant *
add_grant(Loader *l, const Node *key, const char *what)
{
    _PyPolicyDraft *draft = l->draft;
    _PyPolicyEntry *entry = &draft->entries[draft->n_entries - 1];
    Grant *grant = &draft->grants[draft->n_grants++];
    entry->n++;
    *grant = (Grant){
        .principal = entry->principal, .what = what,
        .capability = _PyPolicy_NO_CAPABILITY,
        .line = (int)key->line, .column = (int)key->column,
        .filename = layer_of(l)->filename,
    };
    return grant;
}

static int
read_capability(Loader *l, const Node *key, const Node *value)
{
    if (text_is(key, "*")) {
        return fail(l, key, "reserved-name", "\"*\" is no capability; write "
                    "true in place of the object to grant everything");
    }
    _PyPolicyCapability capability = _PyPolicyCapability_Named(key->text,
                                                               key->count);
    if (capability == _PyPolicy_NO_CAPABILITY
        && check_name(l, key, _PyPolicyName_CAPABILITY) < 0)
    {
        return -1;
    }
    Grant *grant = add_grant(l, key, key->text);
    grant->capability = capability;
    /* The targets of an event are those of the capability that gates it. */
    _PyPolicyCapability targets = capability;
    if (targets == _PyPolicy_NO_CAPABILITY &&
        check_event(l, key, &targets) < 0) {
        return -1;
    }
    if (value->kind == _PyPolicyJson_TRUE ||
        value->kind == _PyPolicyJson_FALSE) {
        grant->kind = value->kind == _PyPolicyJson_TRUE
                      ? _PyPolicyGrant_ALL : _PyPolicyGrant_NOTHING;
        return 0;
    }
    if (capability == _PyPolicy_CODE || capability == _PyPolicy_INTROSPECT) {
        return fail_type(l, key, value, "true or false");
    }
    return expect_list(l, key, value,
                       "true, false or a list of targets") < 0 ? -1 :
           read_targets(l, value, targets, grant);
}


/* --- Principals --------------------------------------------------------- */

static int
read_permission(Loader *l, const Node *key, const Node *value)
{
    if (!text_is(key, "*") && !text_is(key, "__main__") &&
        check_name(l, key, _PyPolicyName_PRINCIPAL) < 0) {
        return -1;
    }
    _PyPolicyDraft *draft = l->draft;
    draft->entries[draft->n_entries++] = (_PyPolicyEntry){
        .principal = key->text, .layer = l->layer, .first = draft->n_grants,
    };
    if (value->kind == _PyPolicyJson_TRUE) {
        add_grant(l, key, "*")->kind = _PyPolicyGrant_ALL;
        return 0;
    }
    if (value->kind != _PyPolicyJson_OBJECT) {
        return fail_type(l, key, value, "true, or an object of capabilities, "
                                        "like {\"net\": false}");
    }
    return read_members(l, value, read_capability);
}

/* How many grants the object makes: one for each value in it. */
static uint32_t
count_grants(const Loader *l, const Node *object)
{
    uint32_t n = 0;
    const Node *key = _PyPolicyJson_First(object);
    for (uint32_t i = 0; i < object->count; i++) {
        const Node *value = _PyPolicyJson_Next(&l->doc, key);
        n += value->kind == _PyPolicyJson_OBJECT ? value->count : 1;
        key = _PyPolicyJson_Next(&l->doc, value);
    }
    return n;
}

int
_PyPolicyPermissions_Read(Loader *l, const Node *key, const Node *value)
{
    if (value->kind != _PyPolicyJson_OBJECT) {
        return fail_type(l, key, value, "an object, like {\"requests\": "
                                        "{\"net\": true}}");
    }
    _PyPolicyDraft *draft = l->draft;
    _PyPolicyEntry *entries = grow(l, draft->entries, draft->n_entries,
                                   value->count, sizeof(*entries));
    if (entries == NULL) {
        return -1;
    }
    draft->entries = entries;
    Grant *grants = grow(l, draft->grants, draft->n_grants,
                         count_grants(l, value), sizeof(*grants));
    if (grants == NULL) {
        return -1;
    }
    draft->grants = grants;
    return read_members(l, value, read_permission);
}
