using Agent.Tools.Web.Apis;
using Agent.Tools.Web.Tests.OpenApi;

namespace Agent.Tools.Web.Tests.Apis;

public sealed class OperationSearchTests
{
    private const string Document =
        """
        openapi: 3.0.0
        info: {title: Shop}
        paths:
          /customers:
            get: {operationId: listCustomers, summary: Returns customers, responses: {}}
            post: {operationId: createCustomer, summary: Registers a customer, responses: {}}
          /customers/{id}:
            get: {operationId: getCustomer, summary: Returns one customer, responses: {}}
            delete: {operationId: deleteCustomer, summary: Removes a customer for good, responses: {}}
          /customers/{id}/discount:
            delete: {operationId: deleteCustomerDiscount, summary: Removes the discount of a customer, responses: {}}
          /search:
            get: {operationId: search, summary: Searches everything, description: 'customers, orders, items', responses: {}}
          /orders:
            get: {operationId: oldOrders, summary: Returns orders, deprecated: true, responses: {}}
          /v2/orders:
            get: {operationId: orders, summary: Returns orders, responses: {}}
          /orders/shipping:
            post: {operationId: shipOrders, summary: Ships orders, responses: {}}
        """;

    private static readonly OperationSearch Search = new([.. Documents.Read(Document).Operations.Select(o => new ApiEntry(null!, o, o.Name))]);

    [Theory]
    [InlineData("customers", "listCustomers")]
    [InlineData("list all customers", "listCustomers")]
    [InlineData("add a customer", "createCustomer")]
    [InlineData("remove a customer", "deleteCustomer")]
    [InlineData("removing customers", "deleteCustomer")]
    [InlineData("remove the discount of a customer", "deleteCustomerDiscount")]
    [InlineData("search for orders", "search")]
    [InlineData("which orders are there", "orders")]
    [InlineData("oldOrders", "oldOrders")]
    [InlineData("shipped order", "shipOrders")]
    public void Find_WordsOfAPerson_PutsTheOperationThatIsMeantFirst(string query, string expected) =>
        Assert.Equal(expected, Search.Find(query, _ => true)[0].Name);

    [Fact]
    public void Find_NoWords_GivesAllInTheirOrder() =>
        Assert.Equal(Documents.Read(Document).Operations.Select(o => o.Name), Search.Find("the of", _ => true).Select(e => e.Name));

    [Fact]
    public void Find_Filter_IsObeyed() =>
        Assert.All(Search.Find("customer", e => e.Operation.Method == "DELETE"), e => Assert.Equal("DELETE", e.Operation.Method));
}
