using Agent.Tools.Web.Apis;
using Agent.Tools.Web.OpenApi;

namespace Agent.Tools.Web.Tests.OpenApi;

public sealed class ApiReaderTests
{
    [Fact]
    public void Read_RecursiveSchema_EndsAndNamesWhatComesAgain()
    {
        var operation = Documents.Only(
            """
            openapi: 3.0.3
            info: {title: t, version: "1"}
            paths:
              /tree:
                post:
                  operationId: plant
                  requestBody: {content: {application/json: {schema: {$ref: '#/components/schemas/Node'}}}}
            components:
              schemas:
                Node:
                  type: object
                  required: [name]
                  properties:
                    name: {type: string}
                    children: {type: array, items: {$ref: '#/components/schemas/Node'}}
            """);
        var body = Documents.Input(operation)["properties"]!["body"]!;
        Assert.Equal("name", body["required"]![0]!.ToString());
        Assert.Contains("Again a Node", body["properties"]!["children"]!["items"]!["description"]!.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Read_ReferencesAcrossFiles_AreResolvedFromTheirOwnFile()
    {
        var operation = Documents.Only(
            """
            {"openapi": "3.1.0", "info": {"title": "t", "version": "1"}, "paths": {"/pets/{id}": {"$ref": "paths/pets.yaml#/one"}}}
            """,
            ("paths/pets.yaml",
            """
            one:
              parameters:
                - $ref: ../common.yaml#/id
              put:
                operationId: setPet
                requestBody: {content: {application/json: {schema: {$ref: '../schemas/pet.json'}}}}
                responses: {'200': {description: ok}}
            """),
            ("common.yaml", "id: {name: id, in: path, required: true, schema: {type: integer}}"),
            ("schemas/pet.json", """{"type": "object", "properties": {"name": {"$ref": "#/definitions/name"}}, "definitions": {"name": {"type": "string", "maxLength": 9}}}"""));
        var properties = Documents.Input(operation)["properties"]!;
        Assert.Equal("integer", properties["id"]!["type"]!.ToString());
        Assert.Equal("9", properties["body"]!["properties"]!["name"]!["maxLength"]!.ToString());
    }

    [Fact]
    public void Read_FaultyDocument_YieldsWhatIsSoundAndSaysWhatIsNot()
    {
        var description = Documents.Read(
            """
            openapi: 3.0.0
            info: {title: t, version: "1"}
            paths:
              /good: {get: {operationId: good, responses: {}}}
              /broken: {get: "not an object"}
              /lost: {$ref: '#/nowhere'}
              /half/{id}:
                get:
                  operationId: half
                  parameters:
                    - {in: query, schema: {type: string}}
                    - {name: where, in: nowhere}
                    - $ref: '#/components/parameters/missing'
                    - {name: q, in: query, schema: {$ref: '#/components/schemas/missing'}}
                    - 7
                  responses: {'200': {$ref: '#/missing'}}
            """);
        Assert.Equal(["good", "half"], description.Operations.Select(o => o.Name));
        var half = description.Operations[1];
        Assert.Equal(["q", "id"], half.Parameters.Select(p => p.Name));
        Documents.AssertValidTools(description);
        Assert.Contains(description.Problems, p => p.Contains("GET /broken was left out", StringComparison.Ordinal));
        Assert.Contains(description.Problems, p => p.Contains("/lost was left out", StringComparison.Ordinal) && p.Contains("#/nowhere", StringComparison.Ordinal));
        Assert.Contains(description.Problems, p => p.Contains("path parameter id is not described", StringComparison.Ordinal));
        Assert.Contains(description.Problems, p => p.Contains("#/components/parameters/missing", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("", "empty")]
    [InlineData("<!doctype html><html></html>", "HTML")]
    [InlineData("{\"swagger\": \"1.2\"}", "Swagger 1.2")]
    [InlineData("{\"asyncapi\": \"2.0.0\"}", "AsyncAPI")]
    [InlineData("{\"hello\": 1}", "neither")]
    [InlineData("[1, 2]", "not an object")]
    [InlineData("{\"openapi\": ", "no JSON")]
    [InlineData("a: [1", "no YAML")]
    [InlineData("a: *b", "points to nothing")]
    [InlineData("a: [\na", "no YAML")]
    public void Read_WhatIsNoDocument_SaysWhy(string text, string reason)
    {
        var problem = Assert.Throws<SpecFormatException>(() => Documents.Read(text));
        Assert.Contains(reason, problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_YamlThatMultipliesItself_IsRefused()
    {
        var bomb = "a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n" + string.Concat(Enumerable.Range(1, 12).Select(i => $"a{i}: &a{i} [{string.Join(',', Enumerable.Repeat($"*a{i - 1}", 10))}]\n"));
        var problem = Assert.Throws<SpecFormatException>(() => Documents.Read(bomb));
        Assert.Contains("multiply", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_YamlAnchorsAndMergeKeys_AreUnderstood()
    {
        var operation = Documents.Only(
            """
            swagger: "2.0"
            info: {title: t, version: 1.0}
            x-base: &base {type: string, maxLength: 5}
            paths:
              /a:
                get:
                  operationId: a
                  parameters:
                    - <<: *base
                      name: p
                      in: query
                    - {<<: [*base], name: yes, in: query, enum: [on, off, 1]}
                  responses: {200: {description: ok}}
            """);
        var properties = Documents.Input(operation)["properties"]!;
        Assert.Equal("5", properties["p"]!["maxLength"]!.ToString());
        Assert.Equal(["on", "off", "1"], properties["yes"]!["enum"]!.AsArray().Select(v => v!.ToString()));
    }

    [Fact]
    public void Read_Swagger2_BodyFormAndServers()
    {
        var description = Documents.Read(
            """
            swagger: '2.0'
            info: {title: t, version: '1'}
            host: api.test
            basePath: /v1/
            schemes: [http, https]
            consumes: [application/json]
            paths:
              /things:
                post:
                  operationId: add
                  parameters: [{in: body, name: thing, required: true, schema: {$ref: '#/definitions/Thing'}}]
                  responses: {201: {description: ok, schema: {$ref: '#/definitions/Thing'}}}
              /upload:
                post:
                  operationId: upload
                  consumes: [multipart/form-data]
                  parameters:
                    - {in: formData, name: file, type: file, required: true}
                    - {in: formData, name: tags, type: array, items: {type: string}, collectionFormat: multi}
                  responses: {200: {description: ok}}
            definitions:
              Thing: {type: object, properties: {id: {type: integer, readOnly: true}, name: {type: string}}}
            """);
        Assert.Equal("https://api.test/v1", description.Operations[0].Servers[0].Template);
        var add = Documents.Input(description.Operations[0]);
        Assert.Equal(["body"], add["required"]!.AsArray().Select(r => r!.ToString()));
        // What only the service sets is no argument.
        Assert.Equal(["name"], add["properties"]!["body"]!["properties"]!.AsObject().Select(p => p.Key));
        Assert.NotNull(description.Operations[0].Result);
        Assert.True(description.Operations[1].Body!.IsMultipart);
        Assert.NotNull(Documents.Input(description.Operations[1])["properties"]!["body"]!["properties"]!["file"]!["properties"]!["base64"]);
    }

    [Fact]
    public void Read_AllOfOneOfAnyOfAndNullable_BecomePlainSchema()
    {
        var operation = Documents.Only(
            """
            openapi: 3.0.0
            info: {title: t, version: '1'}
            paths:
              /x:
                post:
                  operationId: x
                  requestBody:
                    content:
                      application/json:
                        schema:
                          allOf:
                            - $ref: '#/components/schemas/Base'
                            - {type: object, required: [b], properties: {b: {type: integer, nullable: true, minimum: 1, exclusiveMinimum: true}}}
                          properties:
                            c:
                              oneOf: [{type: string}, {$ref: '#/components/schemas/Base'}]
                            d: {anyOf: [{type: string, format: date}, {type: 'null'}]}
                  responses: {}
            components:
              schemas:
                Base: {type: object, required: [a], properties: {a: {type: string, enum: [x, y, null], nullable: true}}}
            """);
        var body = Documents.Input(operation)["properties"]!["body"]!;
        Assert.Equal(["a", "b", "c", "d"], body["properties"]!.AsObject().Select(p => p.Key).Order());
        Assert.Equal(["a", "b"], body["required"]!.AsArray().Select(p => p!.ToString()).Order());
        Assert.Equal("""["integer","null"]""", body["properties"]!["b"]!["type"]!.ToJsonString());
        Assert.Equal("1", body["properties"]!["b"]!["exclusiveMinimum"]!.ToString());
        Assert.Equal("""["x","y",null]""", body["properties"]!["a"]!["enum"]!.ToJsonString());
        Assert.Equal(2, body["properties"]!["c"]!["anyOf"]!.AsArray().Count);
        Assert.Equal("date", body["properties"]!["d"]!["format"]!.ToString());
    }

    [Fact]
    public void Read_AllOfThatIncludesItself_Ends()
    {
        var operation = Documents.Only(
            """
            {"openapi": "3.1.0", "info": {}, "paths": {"/x": {"post": {"operationId": "x", "requestBody": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/A"}}}}}}},
             "components": {"schemas": {
               "A": {"allOf": [{"$ref": "#/components/schemas/B"}], "properties": {"a": {"type": "string"}}},
               "B": {"allOf": [{"$ref": "#/components/schemas/A"}, {"$ref": "#/components/schemas/B"}], "properties": {"b": {"$ref": "#/components/schemas/C"}}},
               "C": {"$ref": "#/components/schemas/D"}, "D": {"$ref": "#/components/schemas/C"}}}}
            """);
        Assert.Equal(["a", "b"], Documents.Input(operation)["properties"]!["body"]!["properties"]!.AsObject().Select(p => p.Key).Order());
    }

    [Fact]
    public void Read_SingleAlternativeBesideProperties_IsMerged()
    {
        var operation = Documents.Only(
            """
            {"openapi": "3.0.0", "info": {}, "paths": {"/x": {"post": {"operationId": "x", "requestBody": {"content": {"application/json": {"schema":
              {"type": "object", "properties": {"a": {"type": "string"}}, "oneOf": [{"required": ["b"], "properties": {"b": {"type": "integer"}}}]}}}}}}}}
            """);
        var body = Documents.Input(operation)["properties"]!["body"]!;
        Assert.Equal(["a", "b"], body["properties"]!.AsObject().Select(p => p.Key).Order());
        Assert.Equal("""["b"]""", body["required"]!.ToJsonString());
    }

    [Fact]
    public void Read_PointerThroughItself_Ends()
    {
        var description = Documents.Read(
            """
            {"openapi": "3.0.0", "info": {}, "paths": {"/x": {"get": {"operationId": "x", "parameters": [{"$ref": "#/components/parameters/a/b"}]}}},
             "components": {"parameters": {"a": {"$ref": "#/components/parameters/a/b"}}}}
            """);
        Assert.Empty(Assert.Single(description.Operations).Parameters);
        Assert.Single(description.Problems);
    }

    [Fact]
    public void Names_EqualIllegalMissingOrLong_AreUniqueLegalAndStable()
    {
        var text =
            """
            {"openapi": "3.0.0", "info": {}, "paths": {
              "/a": {"get": {"operationId": "same"}, "post": {"operationId": "Same"}},
              "/b/{id}": {"get": {}, "delete": {"operationId": ""}},
              "/c": {"get": {"operationId": "pets.list all/ünïcode"}, "put": {"operationId": "1st"}, "patch": {"operationId": "日本語"}},
              "/d": {"get": {"operationId": "LONG"}, "post": {"operationId": "LONG2"}}}}
            """.Replace("LONG", new string('x', 100), StringComparison.Ordinal);
        var description = Documents.Read(text);
        Documents.AssertValidTools(description);
        var names = description.Operations.Select(o => o.Name).ToList();
        Assert.Equal(names, Documents.Read(text).Operations.Select(o => o.Name));
        Assert.Contains("get_b_by_id", names);
        Assert.Contains("pets_list_all_n_code", names);
        Assert.Contains("op_1st", names);
        Assert.StartsWith("same_", names[0], StringComparison.Ordinal);
        Assert.All(names, name => Assert.True(OperationNames.WithPrefix("a-very-long-api-name-for-an-api", name).Length <= 59));
    }

    [Fact]
    public void Arguments_IllegalOrEqualNames_AreLegalAndDistinct()
    {
        var operation = Documents.Only(
            """
            openapi: 3.0.0
            info: {}
            paths:
              /x/{id}:
                post:
                  operationId: x
                  parameters:
                    - {name: id, in: path, required: true, schema: {type: string}}
                    - {name: id, in: query, schema: {type: string}}
                    - {name: 'filter[status]', in: query, schema: {type: string}}
                    - {name: $top, in: query, schema: {type: integer}}
                    - {name: body, in: query, schema: {type: string}}
                    - {name: Authorization, in: header, schema: {type: string}}
                  requestBody: {content: {application/json: {schema: {type: object, properties: {'@type': {type: string}, 'a b': {type: string}, a_b: {type: string}}}}}}
            """);
        Assert.Equal(["id", "id_query", "filter_status", "top", "body"], operation.Parameters.Select(p => p.Argument));
        Assert.Equal("body_content", operation.Body!.Argument);
        Assert.Equal(3, Documents.Input(operation)["properties"]!["body_content"]!["properties"]!.AsObject().Count);
    }

    [Fact]
    public void Servers_VariablesRelativeAndOverrides_AreResolved()
    {
        static string? Address(string servers, ApiOptions? options = null) => ServerAddress.Of(
            options ?? new(), Documents.Only($"{{\"openapi\": \"3.0.0\", \"info\": {{}}, \"paths\": {{\"/x\": {{\"get\": {{}}}}}}, \"servers\": {servers}}}").Servers);

        Assert.Equal("https://eu.api.test:8443/v2", Address("""[{"url": "https://{region}.api.test:{port}/v2/", "variables": {"region": {"default": "eu"}, "port": {"default": 8443}}}]"""));
        Assert.Equal("https://us.api.test", Address("""[{"url": "https://{region}.api.test", "variables": {"region": {"default": "eu"}}}]""", new() { Variables = new Dictionary<string, string> { ["region"] = "us" } }));
        Assert.Equal("https://docs.test/v3", Address("""[{"url": "/v3"}]"""));
        Assert.Equal("https://docs.test/api/v3", Address("""[{"url": "./v3"}]"""));
        Assert.Equal("https://docs.test", Address("[]"));
        Assert.Equal("https://second.test", Address("""[{"url": "wss://first.test"}, {"url": "https://{unknown}.test"}, {"url": "https://second.test"}]"""));
        Assert.Equal("http://own.test/base", Address("[]", new() { Server = "http://own.test/base/" }));
    }

    [Fact]
    public void Read_HugeSchema_IsCutToASizeThatModelsBear()
    {
        var schemas = string.Join(',', Enumerable.Range(0, 300).Select(i =>
            $"\"S{i}\": {{\"type\": \"object\", \"description\": \"{new string('d', 300)}\", \"properties\": {{{string.Join(',', Enumerable.Range(1, 6).Select(k => $"\"p{k}\": {{\"$ref\": \"#/components/schemas/S{(i + k) % 300}\"}}"))}}}}}"));
        var description = Documents.Read(
            $"{{\"openapi\": \"3.0.0\", \"info\": {{}}, \"paths\": {{\"/x\": {{\"post\": {{\"requestBody\": {{\"content\": {{\"application/json\": {{\"schema\": {{\"$ref\": \"#/components/schemas/S0\"}}}}}}}}}}}}}}, \"components\": {{\"schemas\": {{{schemas}}}}}}}");
        Documents.AssertValidTools(description);
    }

    [Fact]
    public void Input_DescriptionThatOnlySaysTheNameAgain_IsLeftOut()
    {
        var input = Documents.Input(Documents.Only(
            """
            openapi: 3.0.0
            paths:
              /a:
                get:
                  parameters:
                    - {name: city, in: query, description: City, schema: {type: string}}
                    - {name: zip, in: query, description: The customer's postal code, schema: {type: string}}
                  responses: {}
            """));
        Assert.False(input["properties"]!["city"]!.AsObject().ContainsKey("description"));
        Assert.Equal("The customer's postal code", input["properties"]!["zip"]!["description"]!.ToString());
    }
}
