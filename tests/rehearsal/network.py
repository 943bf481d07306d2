"""VPCs and what is in them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.rehearsal.cloud import client
from tests.rehearsal.kinds import Kind, Made, Order, Refused


def _made(order: Order, identifier: str, **attributes: Any) -> Made:
    if tags := order.properties.get("Tags"):
        client("ec2").create_tags(Resources=[identifier], Tags=tags)
    return Made(identifier, attributes)


def _create_vpc(order: Order) -> Made:
    switches = ("EnableDnsHostnames", "EnableDnsSupport")
    answer = order.call("ec2", "create_vpc", without=" ".join(["Tags", *switches]))
    vpc = answer["Vpc"]["VpcId"]
    for key in switches:
        value = {"Value": order.properties.get(key, key == "EnableDnsSupport")}
        client("ec2").modify_vpc_attribute(VpcId=vpc, **{key: value})
    named = [{"Name": "vpc-id", "Values": [vpc]}, {"Name": "group-name", "Values": ["default"]}]
    (group,) = client("ec2").describe_security_groups(Filters=named)["SecurityGroups"]
    block = answer["Vpc"]["CidrBlock"]
    default = group["GroupId"]
    return _made(order, vpc, VpcId=vpc, CidrBlock=block, DefaultSecurityGroup=default)


def _create_subnet(order: Order) -> Made:
    answer = order.call("ec2", "create_subnet", without="Tags MapPublicIpOnLaunch")
    subnet = answer["Subnet"]["SubnetId"]
    public = {"Value": order.properties.get("MapPublicIpOnLaunch", False)}
    client("ec2").modify_subnet_attribute(SubnetId=subnet, MapPublicIpOnLaunch=public)
    zone = answer["Subnet"]["AvailabilityZone"]
    return _made(order, subnet, SubnetId=subnet, AvailabilityZone=zone)


def _delete_subnet(_: Order, made: Made) -> None:
    _refuse_used(made.ref)
    client("ec2").delete_subnet(SubnetId=made.ref)


def _create_route_table(order: Order) -> Made:
    answer = order.call("ec2", "create_route_table", without="Tags")
    return _made(order, answer["RouteTable"]["RouteTableId"])


def _create_association(order: Order) -> Made:
    return Made(order.call("ec2", "associate_route_table")["AssociationId"])


def _create_route(order: Order) -> Made:
    order.call("ec2", "create_route")
    return Made(f"{order.properties['RouteTableId']}|{order.properties['DestinationCidrBlock']}")


def _delete_route(_: Order, made: Made) -> None:
    table, destination = made.ref.split("|")
    client("ec2").delete_route(RouteTableId=table, DestinationCidrBlock=destination)


def _create_gateway(order: Order) -> Made:
    answer = client("ec2").create_internet_gateway()
    return _made(order, answer["InternetGateway"]["InternetGatewayId"])


def _create_attachment(order: Order) -> Made:
    order.call("ec2", "attach_internet_gateway")
    return Made(f"IGW|{order.properties['VpcId']}")


def _delete_attachment(order: Order, _: Made) -> None:
    order.call("ec2", "detach_internet_gateway")


def _create_address(order: Order) -> Made:
    answer = order.call("ec2", "allocate_address", without="Tags")
    allocation = answer["AllocationId"]
    _made(order, allocation)
    return Made(answer["PublicIp"], {"AllocationId": allocation})


def _delete_address(_: Order, made: Made) -> None:
    client("ec2").release_address(AllocationId=made.attributes["AllocationId"])


def _create_nat(order: Order) -> Made:
    answer = order.call("ec2", "create_nat_gateway", without="Tags")
    return _made(order, answer["NatGateway"]["NatGatewayId"])


def _delete_nat(_: Order, made: Made) -> None:
    """Delete a gateway with its network interface, which moto would keep."""
    ec2 = client("ec2")
    (found,) = ec2.describe_nat_gateways(NatGatewayIds=[made.ref])["NatGateways"]
    ec2.delete_nat_gateway(NatGatewayId=made.ref)
    for address in found["NatGatewayAddresses"]:
        ec2.delete_network_interface(NetworkInterfaceId=address["NetworkInterfaceId"])


def _create_group(order: Order) -> Made:
    name = order.name("GroupName")
    ec2 = client("ec2")
    group = ec2.create_security_group(
        GroupName=name,
        Description=order.properties["GroupDescription"],
        VpcId=order.properties["VpcId"],
    )["GroupId"]
    (found,) = ec2.describe_security_groups(GroupIds=[group])["SecurityGroups"]
    if outwards := order.properties.get("SecurityGroupEgress"):
        ec2.revoke_security_group_egress(GroupId=group, IpPermissions=found["IpPermissionsEgress"])
        permissions = [_permission(rule) for rule in outwards]
        ec2.authorize_security_group_egress(GroupId=group, IpPermissions=permissions)
    for rule in order.properties.get("SecurityGroupIngress", ()):
        ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[_permission(rule)])
    return _made(order, group, GroupId=group, VpcId=order.properties["VpcId"])


def _delete_group(_: Order, made: Made) -> None:
    _refuse_used(made.ref)
    client("ec2").delete_security_group(GroupId=made.ref)


def _permission(rule: Mapping[str, Any]) -> dict[str, Any]:
    """A rule of a security group as EC2's API says it."""
    found: dict[str, Any] = {"IpProtocol": str(rule["IpProtocol"])}
    found |= {key: int(rule[key]) for key in ("FromPort", "ToPort") if key in rule}
    note = {"Description": rule["Description"]} if "Description" in rule else {}
    for key in ("SourceSecurityGroupId", "DestinationSecurityGroupId"):
        if key in rule:
            found["UserIdGroupPairs"] = [{"GroupId": rule[key], **note}]
    if "CidrIp" in rule:
        found["IpRanges"] = [{"CidrIp": rule["CidrIp"], **note}]
    return found


def _create_ingress(order: Order) -> Made:
    group = order.properties["GroupId"]
    answer = client("ec2").authorize_security_group_ingress(
        GroupId=group, IpPermissions=[_permission(order.properties)]
    )
    return Made(answer["SecurityGroupRules"][0]["SecurityGroupRuleId"])


def _delete_ingress(order: Order, made: Made) -> None:
    client("ec2").revoke_security_group_ingress(
        GroupId=order.properties["GroupId"], SecurityGroupRuleIds=[made.ref]
    )


def _create_egress(order: Order) -> Made:
    group = order.properties["GroupId"]
    answer = client("ec2").authorize_security_group_egress(
        GroupId=group, IpPermissions=[_permission(order.properties)]
    )
    return Made(answer["SecurityGroupRules"][0]["SecurityGroupRuleId"])


def _delete_egress(order: Order, made: Made) -> None:
    client("ec2").revoke_security_group_egress(
        GroupId=order.properties["GroupId"], SecurityGroupRuleIds=[made.ref]
    )


def _create_endpoint(order: Order) -> Made:
    answer = order.call("ec2", "create_vpc_endpoint", without="Tags")
    return _made(order, answer["VpcEndpoint"]["VpcEndpointId"])


def _refuse_used(identifier: str) -> None:
    """Raise Refused if a database has its network interface in a subnet or security group."""
    rds = client("rds")
    for database in rds.describe_db_instances()["DBInstances"]:
        groups = [group["VpcSecurityGroupId"] for group in database["VpcSecurityGroups"]]
        subnets = database.get("DBSubnetGroup", {}).get("Subnets", ())
        if identifier in [*groups, *(subnet["SubnetIdentifier"] for subnet in subnets)]:
            name = database["DBInstanceIdentifier"]
            raise Refused(f"{identifier} has a dependent object: database {name}")


_RULE = "Description FromPort GroupId IpProtocol ToPort CidrIp"

KINDS = {
    "AWS::EC2::VPC": Kind(_create_vpc, lambda _, made: client("ec2").delete_vpc(VpcId=made.ref)),
    "AWS::EC2::Subnet": Kind(_create_subnet, _delete_subnet),
    "AWS::EC2::RouteTable": Kind(
        _create_route_table,
        lambda _, made: client("ec2").delete_route_table(RouteTableId=made.ref),
    ),
    "AWS::EC2::SubnetRouteTableAssociation": Kind(
        _create_association,
        lambda _, made: client("ec2").disassociate_route_table(AssociationId=made.ref),
    ),
    "AWS::EC2::Route": Kind(_create_route, _delete_route),
    "AWS::EC2::InternetGateway": Kind(
        _create_gateway,
        lambda _, made: client("ec2").delete_internet_gateway(InternetGatewayId=made.ref),
        properties="Tags",
    ),
    "AWS::EC2::VPCGatewayAttachment": Kind(_create_attachment, _delete_attachment),
    "AWS::EC2::EIP": Kind(_create_address, _delete_address),
    "AWS::EC2::NatGateway": Kind(_create_nat, _delete_nat),
    "AWS::EC2::SecurityGroup": Kind(
        _create_group,
        _delete_group,
        "GroupName",
        "GroupDescription SecurityGroupEgress SecurityGroupIngress VpcId Tags",
    ),
    "AWS::EC2::SecurityGroupIngress": Kind(
        _create_ingress, _delete_ingress, properties=f"{_RULE} SourceSecurityGroupId"
    ),
    "AWS::EC2::SecurityGroupEgress": Kind(
        _create_egress, _delete_egress, properties=f"{_RULE} DestinationSecurityGroupId"
    ),
    "AWS::EC2::VPCEndpoint": Kind(
        _create_endpoint,
        lambda _, made: client("ec2").delete_vpc_endpoints(VpcEndpointIds=[made.ref]),
    ),
}
"""By type."""
