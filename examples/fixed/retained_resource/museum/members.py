from aws_cdk import CfnOutput, RemovalPolicy, Stack, aws_cognito, aws_ec2
from aws_cdk import aws_elasticloadbalancingv2 as elbv2
from constructs import Construct


class MembersStack(Stack):
    def __init__(
        self, scope: Construct, id: str, *, environment_suffix: str, **kwargs
    ) -> None:
        super().__init__(scope, id, **kwargs)
        self.members = aws_cognito.UserPool(
            self,
            "Members",
            user_pool_name=f"museum-members-{environment_suffix}",
            sign_in_aliases=aws_cognito.SignInAliases(email=True),
            deletion_protection=False,
            removal_policy=RemovalPolicy.DESTROY,
        )
        self.vpc = aws_ec2.Vpc(
            self, "Vpc", vpc_name=f"museum-{environment_suffix}", max_azs=2
        )
        self.entrance = elbv2.ApplicationLoadBalancer(
            self,
            "Entrance",
            vpc=self.vpc,
            internet_facing=True,
            deletion_protection=False,
        )
        self.entrance.add_listener(
            "Http",
            port=80,
            default_action=elbv2.ListenerAction.fixed_response(
                200, message_body="Open from ten to six"
            ),
        )
        CfnOutput(self, "MembersPoolId", value=self.members.user_pool_id)
        CfnOutput(self, "EntranceUrl", value=self.entrance.load_balancer_dns_name)
