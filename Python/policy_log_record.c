/* What does a record of the log say?

   One JSON object, which the reader of many of them (python -m importpolicy)
   understands without knowing the policy: what was refused to whom, by what
   chain, where, and by which line of which file.  Names stand in it whole. */

#include "Python.h"
#include "pycore_policy_access.h"
#include "pycore_policy_log.h"
#include "pycore_policy_message.h"

#include <time.h>
#include <unistd.h>

#define RECORD_VERSION 1

static void
add_time(_PyPolicyMessage *record)
{
    struct timespec now;
    struct tm utc;
    char text[64], micro[16];
    if (clock_gettime(CLOCK_REALTIME, &now) < 0
        || gmtime_r(&now.tv_sec, &utc) == NULL
        || strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%S", &utc) == 0)
    {
        _PyPolicyMessage_Add(record, "null");
        return;
    }
    PyOS_snprintf(micro, sizeof(micro), ".%06ldZ", now.tv_nsec / 1000);
    _PyPolicyMessage_Add(record, "\"");
    _PyPolicyMessage_Add(record, text);
    _PyPolicyMessage_Add(record, micro);
    _PyPolicyMessage_Add(record, "\"");
}

static void
add_principals(_PyPolicyMessage *record, const _PyPolicyDenial *denial)
{
    const uint32_t *members;
    size_t n = _PyPrincipal_Members(denial->acting, &members);
    _PyPolicyMessage_Add(record, ", \"principals\": [");
    if (denial->acting == _PyPrincipal_APPLICATION) {
        _PyPolicyMessage_AddQuoted(record, "__main__");
        n = 0;
    }
    for (size_t i = 0; i < n; i++) {
        if (i > 0) {
            _PyPolicyMessage_Add(record, ", ");
        }
        _PyPolicyMessage_AddQuoted(record, _PyPrincipal_Name(members[i]));
    }
    _PyPolicyMessage_Add(record, "]");
}

static void
add_step(_PyPolicyMessage *record, const _PyPolicyStep *step)
{
    _PyPolicyMessage file = {0};
    _PyPolicyMessage_Add(record, "{\"principal\": \"");
    _PyPolicyMessage_AddSet(record, step->set);
    _PyPolicyMessage_Add(record, "\", \"file\": ");
    if (step->code != NULL) {
        _PyPolicyMessage_AddString(&file, step->code->co_filename);
        _PyPolicyMessage_AddQuoted(record, file.data ? file.data : "");
    }
    else {
        _PyPolicyMessage_Add(record, "null");
    }
    record->failed |= file.failed;
    _PyPolicyMessage_Clear(&file);
    _PyPolicyMessage_Add(record, ", \"line\": ");
    if (step->line > 0) {
        _PyPolicyMessage_AddInt(record, step->line);
    }
    else {
        _PyPolicyMessage_Add(record, "null");
    }
    _PyPolicyMessage_Add(record, "}");
}

static void
add_chain(_PyPolicyMessage *record, const _PyPolicyDenial *denial)
{
    _PyPolicyMessage_Add(record, ", \"chain\": [");
    for (size_t i = 0; i < denial->n_steps; i++) {
        if (i > 0) {
            _PyPolicyMessage_Add(record, ", ");
        }
        add_step(record, &denial->steps[i]);
    }
    _PyPolicyMessage_Add(record, "]");
}

void
_PyPolicyRecord_AddText(_PyPolicyMessage *record, const char *name,
                        const char *value)
{
    _PyPolicyMessage_Add(record, ", \"");
    _PyPolicyMessage_Add(record, name);
    _PyPolicyMessage_Add(record, "\": ");
    _PyPolicyMessage_AddQuoted(record, value);
}

static void
add_int(_PyPolicyMessage *record, const char *name, long long value)
{
    _PyPolicyMessage_Add(record, ", \"");
    _PyPolicyMessage_Add(record, name);
    _PyPolicyMessage_Add(record, "\": ");
    _PyPolicyMessage_AddInt(record, value);
}

/* What the words of a target do not tell. */
static void
add_manner(_PyPolicyMessage *record, const _PyPolicyDenial *denial)
{
    const _PyPolicyAccess *access = denial->access;
    _PyPolicyMessage written = {0};
    if (_PyPolicyMessage_AddWritten(&written, denial)) {
        _PyPolicyRecord_AddText(record, "written",
                                written.data ? written.data : "");
    }
    record->failed |= written.failed;
    _PyPolicyMessage_Clear(&written);
    if (access->target.looks) {
        _PyPolicyMessage_Add(record, ", \"looks\": true");
    }
    if (access->never) {
        _PyPolicyMessage_Add(record, ", \"never\": true");
    }
}

static void
add_target(_PyPolicyMessage *record, const _PyPolicyDenial *denial)
{
    const char *capability = NULL;
    if (denial->kind == _PyPolicy_ACCESS) {
        capability = _PyPolicyCapability_Name(denial->access->capability);
    }
    if (capability != NULL) {
        _PyPolicyRecord_AddText(record, "capability", capability);
    }
    _PyPolicyMessage target = {0};
    if (_PyPolicyMessage_AddTarget(&target, denial)) {
        _PyPolicyRecord_AddText(record, "target",
                                target.data ? target.data : "");
        add_manner(record, denial);
    }
    else {
        _PyPolicyMessage_Add(record, ", \"target\": null");
    }
    record->failed |= target.failed;
    _PyPolicyMessage_Clear(&target);
}

static void
add_head(_PyPolicyMessage *record, const char *kind, const char *what)
{
    _PyPolicyMessage_Add(record, "{\"version\": ");
    _PyPolicyMessage_AddInt(record, RECORD_VERSION);
    _PyPolicyMessage_Add(record, ", \"time\": ");
    add_time(record);
    add_int(record, "pid", (long long)getpid());
    add_int(record, "thread", (long long)PyThread_get_thread_ident());
    _PyPolicyRecord_AddText(record, "kind", kind);
    _PyPolicyRecord_AddText(record, "what", what);
}

static void
add_who(_PyPolicyMessage *record, const _PyPolicyDenial *denial)
{
    _PyPolicyRecord_AddText(record, "principal", denial->principal);
    add_principals(record, denial);
    add_chain(record, denial);
}

void
_PyPolicyRecord_Add(_PyPolicyMessage *record, const _PyPolicyDenial *denial)
{
    static const char *const KINDS[] = {"import", "event", "access"};
    bool audit = _PyPolicy_IsAudit(denial->policy);
    add_head(record, KINDS[denial->kind], denial->what);
    add_target(record, denial);
    add_who(record, denial);
    int line;
    const char *key;
    const char *file = _PyPolicyMessage_Place(denial, &line, &key);
    _PyPolicyMessage_Add(record, ", \"policy\": {\"file\": ");
    _PyPolicyMessage_AddQuoted(record, file);
    add_int(record, "line", line);
    _PyPolicyRecord_AddText(record, "key", key);
    _PyPolicyMessage_Add(record, "}");
    _PyPolicyRecord_AddText(record, "verdict", audit ? "audit" : "refused");
}

void
_PyPolicyRecord_AddManager(_PyPolicyMessage *record,
                           const _PyPolicyDenial *denial,
                           const char *target, const char *reason)
{
    add_head(record, "manager", denial->what);
    if (target != NULL) {
        _PyPolicyRecord_AddText(record, "target", target);
    }
    else {
        _PyPolicyMessage_Add(record, ", \"target\": null");
    }
    add_who(record, denial);
    _PyPolicyMessage_Add(record, ", \"policy\": null");
    _PyPolicyRecord_AddText(record, "reason", reason);
    _PyPolicyRecord_AddText(record, "verdict", "refused");
}
