#include "message.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void emu_request_target(struct emu_request *request, const char *target)
{
    size_t path_len = strcspn(target, "?");
    request->path = emu_copy_n(target, path_len);
    request->query = emu_copy(target[path_len] == '?' ? target + path_len + 1 : "");
    request->query_broken = !emu_pairs_parse_query(&request->params, request->query);
}

void emu_request_header(struct emu_request *request, const char *name, const char *value)
{
    char *lower = emu_copy(name);
    for (char *c = lower; *c != '\0'; c++) {
        *c = (char)tolower((unsigned char)*c);
    }
    value += strspn(value, " \t");
    size_t len = strlen(value);
    while (len > 0 && (value[len - 1] == ' ' || value[len - 1] == '\t')) {
        len--;
    }
    emu_pairs_take(&request->headers, lower, emu_copy_n(value, len));
}

const char *emu_request_header_get(const struct emu_request *request, const char *name)
{
    const char *value = emu_pairs_get(&request->headers, name);
    return value == NULL ? "" : value;
}

void emu_request_done(struct emu_request *request)
{
    free(request->method);
    free(request->path);
    free(request->query);
    emu_pairs_done(&request->params);
    emu_pairs_done(&request->headers);
    emu_text_done(&request->body);
}

json_t *emu_json_text(const char *text)
{
    json_t *json = json_string(text);
    if (json != NULL) {
        return json;
    }
    char *ascii = emu_copy(text);
    for (char *c = ascii; *c != '\0'; c++) {
        if ((unsigned char)*c >= 128) {
            *c = '?';
        }
    }
    json = json_string(ascii);
    free(ascii);
    return json;
}

void emu_reply_type(struct emu_reply *reply, const char *content_type)
{
    snprintf(reply->content_type, sizeof(reply->content_type), "%s", content_type);
}

void emu_reply_json(struct emu_reply *reply, int status, json_t *json)
{
    char *text = json_dumps(json, JSON_COMPACT | JSON_ENCODE_ANY);
    json_decref(json);
    reply->status = status;
    emu_reply_type(reply, "application/json; charset=utf-8");
    emu_text_done(&reply->body);
    emu_text_add(&reply->body, text == NULL ? "null" : text);
    free(text);
}

void emu_reply_code(struct emu_reply *reply, const char *code)
{
    snprintf(reply->code, sizeof(reply->code), "%s", code);
}

void emu_reply_clear(struct emu_reply *reply)
{
    emu_pairs_done(&reply->headers);
    emu_text_done(&reply->body);
    reply->content_type[0] = '\0';
    reply->code[0] = '\0';
}

void emu_reply_done(struct emu_reply *reply)
{
    emu_reply_clear(reply);
}
