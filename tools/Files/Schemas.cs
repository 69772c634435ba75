using Agent.Tools.Hosting;

namespace Agent.Tools.Files;

/// <summary>The JSON Schemas of arguments and results.</summary>
internal static class Schemas
{
    private const string Path = """{"type": "string", "description": "A path from the root, / between names."}""";

    private const string Walk =
        """
        "include": {"type": "array", "items": {"type": "string"}, "description": "Globs; only files that match one, e.g. [\"*.cs\", \"src/**\"]. A glob without / matches names in every folder."},
        "exclude": {"type": "array", "items": {"type": "string"}, "description": "Globs of files and folders to leave out."},
        "hidden": {"type": "boolean", "description": "Also names that begin with a dot."},
        "ignored": {"type": "boolean", "description": "Also what .gitignore, .ignore and .rgignore leave out."},
        "max_depth": {"type": "integer", "minimum": 1, "maximum": 256, "description": "How deep; 1 is what the folder itself holds."}
        """;

    private const string Cursor = """ "cursor": {"type": "string", "description": "next_cursor of the page before, with the same arguments otherwise."} """;

    private const string ExpectedHash =
        """ "expected_hash": {"type": "string", "description": "The hash that read_file gave; refused where the file has changed since."} """;

    private const string Change =
        $$$$"""
        {"type": "object", "properties": {
          "path": {"type": "string"}, "action": {"type": "string"}, "hash": {"type": ["string", "null"], "description": "The file's hash now, for the next edit."},
          "size": {"type": ["integer", "null"]}, "added_lines": {"type": "integer"}, "removed_lines": {"type": "integer"},
          "trash_id": {"type": "string", "description": "For restore_file."}, "from": {"type": "string"}, "preview": {"type": "object"}}}
        """;

    public const string ChangeOutput = Change;

    public const string SearchInput =
        $$$$"""
        {"type": "object", "properties": {
          "pattern": {"type": "string", "minLength": 1, "maxLength": 4000, "description": "The text, or with regex a regular expression (.NET syntax). Matches lie within a line."},
          "regex": {"type": "boolean", "description": "Whether pattern is a regular expression; default false."},
          "ignore_case": {"type": "boolean"},
          "whole_word": {"type": "boolean"},
          "path": {"type": "string", "description": "The folder or file to search; default everything."},
          {{{{Walk}}}},
          "context": {"type": "integer", "minimum": 0, "maximum": 20, "description": "Lines around each match."},
          "output": {"enum": ["lines", "files", "counts"], "description": "The matching lines (default), only the files, or matching lines per file."},
          "sort": {"enum": ["path", "newest"]},
          "limit": {"type": "integer", "minimum": 1, "maximum": 5000, "description": "Items on a page; default 100."},
          "limit_per_file": {"type": "integer", "minimum": 1, "maximum": 5000},
          "max_line_length": {"type": "integer", "minimum": 20, "maximum": 10000, "description": "Longer lines are cut around the match; default 300."},
          "count_all": {"type": "boolean", "description": "Count every match even where that takes long; otherwise total may be null."},
          {{{{Cursor}}}}
        }, "required": ["pattern"], "additionalProperties": false}
        """;

    public const string SearchOutput =
        $$$$"""
        {"type": "object", "properties": {
          "matches": {"type": "array", "items": {"type": "object", "properties": {
            "path": {"type": "string"}, "line": {"type": "integer"}, "column": {"type": "integer"}, "text": {"type": "string"},
            "before": {"type": "array", "items": {"type": "string"}}, "after": {"type": "array", "items": {"type": "string"}}},
            "required": ["path", "line", "column", "text"]}},
          "files": {"type": "array", "items": {"type": "object", "properties": {
            "path": {"type": "string"}, "count": {"type": "integer"}}, "required": ["path"]}},
          {{{{Page.SchemaProperties}}}}
        }, "required": [{{{{Page.SchemaRequired}}}}]}
        """;

    public const string FindInput =
        $$$$"""
        {"type": "object", "properties": {
          "pattern": {"type": "string", "maxLength": 1000, "description": "A glob such as *.csproj or src/**/test_*.py; with fuzzy, letters of the name in order."},
          "fuzzy": {"type": "boolean", "description": "Best matches first, for a name that is known only roughly."},
          "path": {"type": "string", "description": "The folder to look in; default everything."},
          "type": {"enum": ["file", "folder", "any"], "description": "Default file."},
          {{{{Walk}}}},
          "min_size": {"type": "integer", "minimum": 0, "description": "In bytes."},
          "max_size": {"type": "integer", "minimum": 0, "description": "In bytes."},
          "modified_after": {"type": "string", "description": "A date (2025-01-31), a time (2025-01-31T12:00:00Z) or an age (30m, 12h, 7d)."},
          "modified_before": {"type": "string", "description": "As modified_after."},
          "sort": {"enum": ["path", "newest", "oldest", "largest", "smallest"]},
          "limit": {"type": "integer", "minimum": 1, "maximum": 10000, "description": "Items on a page; default 200."},
          {{{{Cursor}}}}
        }, "additionalProperties": false}
        """;

    public const string FindOutput =
        $$$$"""
        {"type": "object", "properties": {
          "files": {"type": "array", "items": {"type": "object", "properties": {
            "path": {"type": "string"}, "type": {"enum": ["file", "folder", "link"]}, "size": {"type": ["integer", "null"]},
            "modified": {"type": ["string", "null"]}}, "required": ["path", "type"]}},
          {{{{Page.SchemaProperties}}}}
        }, "required": ["files", {{{{Page.SchemaRequired}}}}]}
        """;

    public const string ListInput =
        $$$$"""
        {"type": "object", "properties": {
          "path": {"type": "string", "description": "The folder; default the root."},
          "depth": {"type": "integer", "minimum": 1, "maximum": 20, "description": "How many levels; default 1."},
          "hidden": {"type": "boolean", "description": "Also names that begin with a dot; default true."},
          "ignored": {"type": "boolean", "description": "Also what ignore files leave out; default true."},
          "totals": {"type": "boolean", "description": "Files and bytes in each folder, everything in it counted."},
          "limit": {"type": "integer", "minimum": 1, "maximum": 5000, "description": "Items on a page; default 500."},
          {{{{Cursor}}}}
        }, "additionalProperties": false}
        """;

    public const string ListOutput =
        $$$$"""
        {"type": "object", "properties": {
          "entries": {"type": "array", "items": {"type": "object", "properties": {
            "path": {"type": "string"}, "type": {"enum": ["file", "folder", "link", "special"]}, "size": {"type": ["integer", "null"]},
            "modified": {"type": ["string", "null"]}, "entries": {"type": "integer", "description": "How many names a folder holds."},
            "total_files": {"type": "integer"}, "total_size": {"type": "integer"}, "target": {"type": "string"}}, "required": ["path", "type"]}},
          {{{{Page.SchemaProperties}}}}
        }, "required": ["entries", {{{{Page.SchemaRequired}}}}]}
        """;

    public const string ReadInput =
        $$$$"""
        {"type": "object", "properties": {
          "path": {{{{Path}}}},
          "paths": {"type": "array", "items": {"type": "string"}, "maxItems": 50, "description": "Several files at once, instead of path."},
          "start_line": {"type": "integer", "minimum": 1, "description": "The first line wanted, from 1."},
          "end_line": {"type": "integer", "minimum": 1, "description": "The last line wanted."},
          "head": {"type": "integer", "minimum": 1, "description": "Only so many first lines."},
          "tail": {"type": "integer", "minimum": 1, "description": "Only so many last lines."},
          "line_numbers": {"type": "boolean", "description": "Numbers before the lines of the text; default true."},
          "limit": {"type": "integer", "minimum": 1, "maximum": 20000, "description": "Lines on a page; default 2000."},
          {{{{Cursor}}}}
        }, "additionalProperties": false}
        """;

    public const string ReadOutput =
        $$$$"""
        {"type": "object", "properties": {
          "files": {"type": "array", "items": {"type": "object", "properties": {
            "path": {"type": "string"}, "kind": {"enum": ["text", "image", "binary", "error"]}, "line": {"type": "integer", "description": "Number of the first line of text."},
            "end_line": {"type": "integer"}, "total_lines": {"type": "integer"}, "text": {"type": "string"}, "hash": {"type": "string"}, "size": {"type": "integer"},
            "encoding": {"type": "string"}, "line_ends": {"type": "string"}, "media_type": {"type": "string"}, "error": {"type": "string"}}, "required": ["path", "kind"]}},
          {{{{Page.SchemaProperties}}}}
        }, "required": ["files", {{{{Page.SchemaRequired}}}}]}
        """;

    public const string WriteInput =
        $$$$"""
        {"type": "object", "properties": {
          "path": {{{{Path}}}},
          "content": {"type": "string", "description": "The whole new content. A file that is there keeps its encoding, line ends, mode and owner."},
          {{{{ExpectedHash}}}},
          "create_only": {"type": "boolean", "description": "Refuse where the file is there already."}
        }, "required": ["path", "content"], "additionalProperties": false}
        """;

    public const string EditInput =
        $$$$"""
        {"type": "object", "properties": {
          "path": {{{{Path}}}},
          "edits": {"type": "array", "minItems": 1, "maxItems": 200, "items": {"type": "object", "properties": {
            "old_text": {"type": "string", "minLength": 1, "description": "Exactly as it stands in the file, without line numbers; must occur once."},
            "new_text": {"type": "string"},
            "replace_all": {"type": "boolean", "description": "Replace every occurrence."}},
            "required": ["old_text", "new_text"], "additionalProperties": false}, "description": "One after the other; all or none."},
          {{{{ExpectedHash}}}}
        }, "required": ["path", "edits"], "additionalProperties": false}
        """;

    public const string MoveInput =
        $$$$"""
        {"type": "object", "properties": {
          "from": {{{{Path}}}}, "to": {{{{Path}}}},
          "overwrite": {"type": "boolean", "description": "Replace a file that is at the new place; it goes to the trash."},
          {{{{ExpectedHash}}}}
        }, "required": ["from", "to"], "additionalProperties": false}
        """;

    public const string DeleteInput =
        $$$$"""
        {"type": "object", "properties": {
          "path": {{{{Path}}}},
          "recursive": {"type": "boolean", "description": "Also a folder with all it holds."},
          {{{{ExpectedHash}}}}
        }, "required": ["path"], "additionalProperties": false}
        """;

    public const string RestoreInput =
        $$$$"""
        {"type": "object", "properties": {
          "trash_id": {"type": "string", "description": "What the change gave; without it, path names what was deleted last from there."},
          "path": {"type": "string", "description": "Where it was; with trash_id, where to put it instead."},
          "expected_hash": {"type": "string", "description": "Replace the file that is there, if this is its hash; it goes to the trash."}
        }, "additionalProperties": false}
        """;

    public const string CreateInput =
        $$$$"""
        {"type": "object", "properties": {"path": {{{{Path}}}}}, "required": ["path"], "additionalProperties": false}
        """;
}
