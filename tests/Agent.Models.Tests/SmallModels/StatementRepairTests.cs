using System.Text.Json;
using Agent.Models.Offline.Sql;
using Agent.Models.Offline.Tools;
using Agent.Models.SmallModels.Drafting;

namespace Agent.Models.Tests.SmallModels;

public sealed class StatementRepairTests
{
    private const string Described = """
        {"database":"shop","dialect":"sqlite","tables":[
          {"name":"customer","columns":[{"name":"customer_id","type":"INTEGER","primary_key":true},{"name":"name","type":"TEXT"},{"name":"country","type":"TEXT"}]},
          {"name":"invoice","columns":[{"name":"invoice_id","type":"INTEGER","primary_key":true},{"name":"customer_id","type":"INTEGER"},{"name":"total","type":"REAL"}],
           "foreign_keys":[{"columns":["customer_id"],"references_table":"customer","references_columns":["customer_id"]}]},
          {"name":"island","columns":[{"name":"island_id","type":"INTEGER","primary_key":true}]}]}
        """;

    [Theory]
    [InlineData("SELECT COUNT(*) FROM customer", "SELECT COUNT(*) FROM customer")]
    [InlineData("SELECT SUM(invoice.total) FROM customer WHERE customer.country = 'Brazil'", "SELECT SUM(invoice.total) FROM customer\nJOIN invoice ON invoice.customer_id = customer.customer_id WHERE customer.country = 'Brazil'")]
    [InlineData("SELECT COUNT(*) FROM customer GROUP BY customer.country", "SELECT customer.country, COUNT(*) FROM customer GROUP BY customer.country")]
    [InlineData("SELECT COUNT(*) AS n FROM customer GROUP BY customer.customer_id ORDER BY n DESC LIMIT 1", "SELECT customer.name, COUNT(*) AS n FROM customer GROUP BY customer.customer_id ORDER BY n DESC LIMIT 1")]
    [InlineData("SELECT customer.name FROM customer WHERE customer.customer_id NOT IN (SELECT invoice.customer_id FROM invoice)", "SELECT customer.name FROM customer WHERE customer.customer_id NOT IN (SELECT invoice.customer_id FROM invoice)")]
    [InlineData("SELECT customer.name FROM customer WHERE customer.country = 'invoice.total'", "SELECT customer.name FROM customer WHERE customer.country = 'invoice.total'")]
    public void Mend_AddsWhatIsMissing_AndNothingElse(string written, string whole) => Assert.Equal(whole, Repair().Mend(written));

    [Theory]
    [InlineData("")]
    [InlineData("DELETE FROM customer")]
    [InlineData("SELECT 1; DROP TABLE customer")]
    [InlineData("The customers are many.")]
    [InlineData("SELECT island.island_id FROM customer")]
    public void Mend_WhatCannotBeAStatement_IsNone(string written) => Assert.Null(Repair().Mend(written));

    [Fact]
    public void Extract_FencedStatement_IsFound() =>
        Assert.Equal("SELECT 1", StatementRepair.Extract("Here it is:\n```sql\nSELECT 1;\n```\nDone."));

    private static StatementRepair Repair()
    {
        var schema = SchemaReader.Read(ToolOutput.FromText(Described), "shop", "sqlite")!;
        var names = new SqlText(false, new DateFormats());
        return new StatementRepair(schema, names, new QuestionForm(string.Empty, []));
    }
}
