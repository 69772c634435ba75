using System.Text.Json.Nodes;

namespace Agent.Conformance.Server;

/// <summary>What the suite's server offers, as data.</summary>
internal static class SuiteTools
{
    private static readonly string[] Plain =
    [
        "test_simple_text", "test_image_content", "test_audio_content", "test_embedded_resource", "test_multiple_content_types",
        "test_tool_with_logging", "test_tool_with_progress", "test_error_handling", "test_elicitation_sep1034_defaults",
        "test_elicitation_sep1330_enums", "test_reconnection", "test_missing_capability", "test_streaming_elicitation", "test_logging_tool",
        "test_input_required_result_elicitation", "test_incomplete_result_elicitation", "test_input_required_result_sampling",
        "test_input_required_result_list_roots", "test_input_required_result_request_state", "test_input_required_result_tampered_state",
        "test_input_required_result_multiple_inputs", "test_input_required_result_multi_round", "test_input_required_result_capabilities",
        "test_sampling", "test_elicitation", "json_schema_2020_12_tool", "test_header_tool",
    ];

    public static JsonArray List() => new([.. Plain.Order(StringComparer.Ordinal).Select(name => new JsonObject
    {
        ["name"] = name,
        ["description"] = $"The suite's {name}",
        ["inputSchema"] = Schema(name),
    })]);

    public static JsonNode Schema(string name) => JsonNode.Parse(name switch
    {
        "test_sampling" => """{"type":"object","properties":{"prompt":{"type":"string"}},"required":["prompt"]}""",
        "test_elicitation" => """{"type":"object","properties":{"message":{"type":"string"}},"required":["message"]}""",
        "test_header_tool" => """{"type":"object","properties":{"region":{"type":"string","x-mcp-header":"Region"},"query":{"type":"string"}},"required":["region","query"]}""",
        "json_schema_2020_12_tool" => """
            {"$schema":"https://json-schema.org/draft/2020-12/schema","type":"object",
             "$defs":{"address":{"$anchor":"addressDef","type":"object","properties":{"street":{"type":"string"},"city":{"type":"string"}}}},
             "properties":{"name":{"type":"string"},"address":{"$ref":"#/$defs/address"},"contactMethod":{"type":"string","enum":["phone","email"]},"phone":{"type":"string"},"email":{"type":"string"}},
             "allOf":[{"anyOf":[{"required":["phone"]},{"required":["email"]}]}],
             "if":{"properties":{"contactMethod":{"const":"phone"}},"required":["contactMethod"]},"then":{"required":["phone"]},"else":{"required":["email"]},
             "additionalProperties":false}
            """,
        _ => """{"type":"object","properties":{}}""",
    })!;

    public static JsonArray Prompts() => JsonNode.Parse("""
        [{"name":"test_simple_prompt","description":"Without arguments"},
         {"name":"test_prompt_with_arguments","description":"With arguments","arguments":[{"name":"arg1","description":"First","required":true},{"name":"arg2","description":"Second","required":true}]},
         {"name":"test_prompt_with_embedded_resource","description":"With a resource","arguments":[{"name":"resourceUri","description":"Which","required":true}]},
         {"name":"test_prompt_with_image","description":"With an image"},
         {"name":"test_input_required_result_prompt","description":"Asks first"}]
        """)!.AsArray();

    public static JsonArray Resources() => JsonNode.Parse("""
        [{"uri":"test://static-text","name":"static-text","description":"Text","mimeType":"text/plain"},
         {"uri":"test://static-binary","name":"static-binary","description":"Image","mimeType":"image/png"},
         {"uri":"test://watched-resource","name":"watched-resource","description":"Watched","mimeType":"text/plain"}]
        """)!.AsArray();

    public static JsonObject Defaults() => JsonNode.Parse("""
        {"message":"Defaults","requestedSchema":{"type":"object","properties":{
          "name":{"type":"string","description":"Name","default":"John Doe"},
          "age":{"type":"integer","description":"Age","default":30},
          "score":{"type":"number","description":"Score","default":95.5},
          "status":{"type":"string","description":"Status","enum":["active","inactive","pending"],"default":"active"},
          "verified":{"type":"boolean","description":"Verified","default":true}},"required":[]}}
        """)!.AsObject();

    public static JsonObject Enums() => JsonNode.Parse("""
        {"message":"Enums","requestedSchema":{"type":"object","properties":{
          "untitledSingle":{"type":"string","enum":["option1","option2","option3"]},
          "titledSingle":{"type":"string","oneOf":[{"const":"value1","title":"First Option"},{"const":"value2","title":"Second Option"},{"const":"value3","title":"Third Option"}]},
          "legacyEnum":{"type":"string","enum":["opt1","opt2","opt3"],"enumNames":["Option One","Option Two","Option Three"]},
          "untitledMulti":{"type":"array","items":{"type":"string","enum":["option1","option2","option3"]}},
          "titledMulti":{"type":"array","items":{"anyOf":[{"const":"value1","title":"First Choice"},{"const":"value2","title":"Second Choice"},{"const":"value3","title":"Third Choice"}]}}},
          "required":[]}}
        """)!.AsObject();
}
